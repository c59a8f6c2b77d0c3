import { describe, expect, it } from 'vitest';
import { isTelling, retold, tells } from '@/features/account/channels';
import type { Automation, AutomationAction } from '@/types/api';

const mail: AutomationAction = { kind: 'email', subject: 'A run failed', body: 'It ended' };
const note: AutomationAction = { kind: 'notify', title: 'A run failed', body: 'It ended' };
const hook: AutomationAction = { kind: 'webhook', endpoint_id: 'e1' };
const rule = (actions: AutomationAction[], enabled = true) =>
  ({
    id: 'a1',
    name: 'Failures',
    enabled,
    trigger: { event: 'execution.finished' },
    cooldown_seconds: 60,
    actions,
  }) as Automation;

describe('the ways in which somebody is told', () => {
  it('are those of the rule while it is on', () => {
    expect([tells(rule([mail]), 'email'), tells(rule([mail]), 'notify')]).toEqual([true, false]);
    expect(tells(rule([mail], false), 'email')).toBe(false);
    expect([isTelling(rule([mail], false)), isTelling(rule([hook]))]).toEqual([true, false]);
  });

  it('come with the same words', () => {
    expect(retold(rule([mail]), 'notify', true)).toEqual({
      name: 'Failures',
      enabled: true,
      trigger: { event: 'execution.finished' },
      cooldown_seconds: 60,
      actions: [mail, note],
    });
    const bare: AutomationAction = { kind: 'notify', title: 'A run failed', body: '' };
    expect(retold(rule([bare]), 'email', true).actions[1]).toEqual({ ...mail, body: 'A run failed' });
  });

  it('go one by one, and the last takes the rule with it but not its words', () => {
    expect(retold(rule([mail, note]), 'email', false)).toMatchObject({ enabled: true, actions: [note] });
    expect(retold(rule([note]), 'notify', false)).toMatchObject({ enabled: false, actions: [note] });
    expect(retold(rule([note, hook]), 'notify', false)).toMatchObject({ enabled: true, actions: [hook] });
  });

  it('are the one that is wanted when the rule was off', () => {
    expect(retold(rule([mail], false), 'notify', true)).toMatchObject({ enabled: true, actions: [note] });
    expect(retold(rule([mail, note], false), 'email', true)).toMatchObject({ enabled: true, actions: [mail] });
  });
});
