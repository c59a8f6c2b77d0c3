/** Texts of the page of all schedules, loaded with it. */
export default {
  schedules: {
    note: 'What starts your workflows, and when.',
    views: 'Views',
    tabs: { list: 'List', calendar: 'Calendar' },
    calendar: 'Calendar',
    before: 'Week before',
    thisWeek: 'This week',
    after: 'Week after',
    nothing: 'Nothing',
    due: 'To come',
    notWhole: 'Some triggers have more times than are shown here; open one for all of them.',
    workflow: 'Workflow',
    timing: 'Starts',
    active: 'Active',
    toWorkflow: 'To the workflow',
    none: 'Nothing is scheduled',
    noneText: 'A workflow starts by itself when its text says when:',
  },
};
