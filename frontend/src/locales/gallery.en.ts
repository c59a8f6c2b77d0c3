/** Texts of the gallery of templates, loaded with it. */
export default {
  gallery: {
    title: 'Templates',
    ready: 'Ready for a site',
    plain: 'To build on',
    use: 'Use template',
    useNamed: 'Use {{name}}',
    name: 'Name of the workflow',
    run: 'Create and run',
    open: 'Create and open',
  },
};
