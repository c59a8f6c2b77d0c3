/** Texts of uploaded files, loaded where they are shown. */
export default {
  files: {
    title: '上传的文件',
    note: '保存的页面、页面状态、导出文件或它们的 ZIP 包，供导入步骤使用。',
    drop: '点击或拖入文件即可上传',
    choose: '选择已上传的文件',
    name: '文件',
    id: '编号',
    size: '大小',
    type: '类型',
    uploaded: '上传时间',
    until: '保留至',
    download: '下载 {{name}}',
    removeText: '引用它的工作流将找不到它。',
    none: '还没有文件',
    noneText: '上传保存的起点或小红书页面，然后用模板导入。',
    toTemplates: '前往模板',
  },
};
