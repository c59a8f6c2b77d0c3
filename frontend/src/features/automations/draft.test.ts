import { describe, expect, it } from 'vitest';
import { draftOf, placeOf, ruleOf, STARTS, startOf } from '@/features/automations/draft';
import type { Automation } from '@/types/api';

const kept = {
  id: 'a1',
  name: 'Chain',
  enabled: true,
  trigger: {
    event: 'execution.finished',
    if: "trigger.event.payload.status == 'failed'",
    threshold: { count: 3, within_seconds: 3600, by: null },
  },
  cooldown_seconds: 60,
  actions: [
    { kind: 'run_workflow', definition_id: 'w1', params: { pages: 2 } },
    { kind: 'cancel_execution' },
    { kind: 'notify', title: 'So', body: 'it is' },
  ],
} as unknown as Automation;

describe('the form of a rule', () => {
  it('gives back what it was given', () => {
    const { name, enabled, cooldown_seconds, actions } = kept;
    expect(ruleOf(draftOf(kept))).toEqual({
      name,
      enabled,
      trigger: { ...kept.trigger, threshold: { count: 3, within_seconds: 3600, by: undefined } },
      cooldown_seconds,
      actions,
    });
  });

  it('hands on what has no field', () => {
    const trigger = { event: 'automation.scheduled', schedule: { cron: '0 8 * * *', timezone: 'UTC' } };
    const action = { kind: 'webhook', endpoint_id: 'e1', data: { new: 1 } };
    const timed = { ...kept, trigger, actions: [action] } as unknown as Automation;
    expect(ruleOf(draftOf(timed))).toMatchObject({ trigger, actions: [action] });
  });

  it('leaves out what is empty, and a threshold that does not count', () => {
    const draft = draftOf(kept);
    const { trigger, actions } = ruleOf({
      ...draft,
      often: false,
      trigger: { ...draft.trigger, if: '  ' },
      actions: [{ kind: 'notify', title: 'So', body: ' ' }],
    });
    expect(trigger).toEqual({ event: 'execution.finished' });
    expect(actions).toEqual([{ kind: 'notify', title: 'So' }]);
  });

  it('begins as the address says', () => {
    const say = (text: string, values = {}) => [text, ...Object.values(values)].join(' ');
    expect(startOf('data', say)).toMatchObject({ trigger: STARTS.data.trigger });
    expect(startOf('data', say).actions[0]?.title).toContain('trigger.event.payload.added');
    expect(startOf('no such', say).actions).toEqual([{ kind: 'notify' }]);
  });

  it('finds the fields that the server names', () => {
    expect(placeOf('actions[1].body')).toEqual(['actions', 1, 'body']);
    expect(placeOf('trigger.if')).toEqual(['trigger', 'if']);
  });
});
