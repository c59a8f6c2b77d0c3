/** Texts of the gallery of templates, loaded with it. */
export default {
  gallery: {
    title: '模板',
    ready: '面向网站，开箱即用',
    plain: '作为起点',
    use: '使用模板',
    useNamed: '使用 {{name}}',
    name: '工作流名称',
    run: '创建并运行',
    open: '创建并打开',
  },
};
