/** Texts of uploaded files, loaded where they are shown. */
export default {
  files: {
    title: 'Uploaded files',
    note: 'Saved pages, page states, exports, or ZIP archives of them, for steps that import.',
    drop: 'Click or drop files here to upload them',
    choose: 'Choose uploaded files',
    name: 'File',
    id: 'Id',
    size: 'Size',
    type: 'Type',
    uploaded: 'Uploaded',
    until: 'Kept until',
    download: 'Download {{name}}',
    removeText: 'Workflows that name it will no longer find it.',
    none: 'No files yet',
    noneText: 'Upload saved pages of Qidian or Xiaohongshu, then import them with a template.',
    toTemplates: 'Go to templates',
  },
};
