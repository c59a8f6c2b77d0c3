/** Texts of how workflows fare, loaded with their list. */
export default {
  listed: {
    recent: '最近执行',
    rate: '成功率',
    mean: '平均用时',
    on: '启用',
    active: '{{name}} 自动启动',
    paused: '已暂停',
  },
};
