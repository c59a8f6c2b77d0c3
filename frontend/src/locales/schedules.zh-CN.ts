/** Texts of the page of all schedules, loaded with it. */
export default {
  schedules: {
    note: '什么在何时启动您的工作流。',
    views: '视图',
    tabs: { list: '列表', calendar: '日历' },
    calendar: '日历',
    before: '上一周',
    thisWeek: '本周',
    after: '下一周',
    nothing: '无',
    due: '待运行',
    notWhole: '部分触发器的时刻多于此处显示的数量，可打开查看全部。',
    workflow: '工作流',
    timing: '启动方式',
    active: '启用',
    toWorkflow: '前往工作流',
    none: '没有定时',
    noneText: '在工作流文本中写明时间，它就会自动启动：',
  },
};
