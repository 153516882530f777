import { expect, test } from 'vitest';
import { after, inbound, newTestLedger, noon } from '../../test/pure/rows.ts';
import { World } from '../../test/pure/world.ts';
import { closingNoticeMs } from './channel/window.ts';
import { receiveMessage } from './receive-message.ts';

const windowMs = 24 * 3_600_000;
const types = (world: World) => world.events.map((event) => event.event_type);
const last = <T>(map: Map<string, T>) => [...map.values()].at(-1)!;

test('the first message opens the conversation, makes the contact and asks the AI', () => {
  const world = new World();
  world.receive({ contact: { name: 'Zoé', email: '', attributes: { lead_status: 'new' } } });
  expect(world.conversation).toMatchObject({ ai_mode: 'ai', mode_epoch: 1, message_count: 1, unread: true, last_message_preview: 'Hello' });
  expect(world.contact).toMatchObject({ name: 'Zoé', phone: '+15550001', email: null, attributes: { lead_status: 'new' } });
  expect(last(world.dispatches)).toMatchObject({ outcome: 'pending', message_ids: [last(world.messages).message_id] });
  expect(types(world)).toEqual(['conversation.created', 'message.received']);
  expect(world.events[1]?.payload['dispatch']).toMatchObject({ outcome: 'pending', due_at: null });
});

test('what arrives before or while a turn runs joins the one turn that waits', () => {
  const world = new World();
  world.receive({ text: 'One' }, { text: 'Two' });
  expect(last(world.dispatches).message_ids).toHaveLength(2);
  const first = last(world.dispatches).dispatch_id;
  world.begin(first, false);
  world.receive({ text: 'Three' });
  world.receive({ text: 'Four' });
  expect(world.dispatches.size).toBe(2);
  expect(last(world.dispatches).message_ids).toHaveLength(2);
});

test('its place in lists is that of the last message to the second, also while no second passes without one', () => {
  const world = new World();
  for (let n = 0; n < 10; n++) {
    world.receive({});
    expect(Math.floor(world.activeAt!.getTime() / 1000)).toBe(Math.floor(world.now.getTime() / 1000));
    world.advance(700);
  }
  const moved = world.activeAt;
  world.advance(300);
  world.receive({});
  world.receive({});
  expect(world.activeAt).toEqual(after(7300));
  expect(world.activeAt).not.toEqual(moved);
});

test('with a debounce each message puts the turn off anew, and only the timer starts it', () => {
  const world = new World({ debounce_ms: 1000 });
  world.receive({});
  const id = last(world.dispatches).dispatch_id;
  world.advance(900);
  world.receive({});
  expect(last(world.dispatches).due_at).toEqual(after(1900));
  expect(world.timers.get(`debounce:${id}`)?.due_at).toEqual(after(1900));
  expect(world.events.at(-1)?.payload['dispatch']).toMatchObject({ due_at: after(1900).toISOString() });
  expect(world.begin(id, false).kind).toBe('busy');
  world.advance(1000);
  expect(world.fireDue()?.kind).toBe('debounce');
  expect(world.begin(id, false).kind).toBe('turn');
});

test.each(['human', 'closed'] as const)('a takeover before the batch is over: in %s no turn is left waiting', (mode) => {
  const world = new World();
  world.receive({});
  world.setMode(mode);
  expect(last(world.dispatches)).toMatchObject({ outcome: 'suppressed', reason: mode === 'human' ? 'mode_human' : 'mode_closed' });
  expect(world.conversation?.pending_dispatch_id).toBeNull();
});

test('while a person has the conversation each message says why the AI was not asked', () => {
  const world = new World();
  world.receive({});
  world.setMode('human');
  world.receive({ text: 'Anyone?' });
  expect(last(world.dispatches)).toMatchObject({ outcome: 'suppressed', reason: 'mode_human', mode_epoch: 2 });
  expect(types(world).slice(-2)).toEqual(['message.received', 'dispatch.suppressed']);
});

test.each([
  [{ enabled: false }, 'agent_disabled'],
  [{ backend: { kind: 'none' as const, url: null, timeout_ms: 1000 } }, 'no_backend'],
])('an agent that cannot answer is not asked: %j', (agent, reason) => {
  const world = new World(agent);
  world.receive({});
  expect(last(world.dispatches)).toMatchObject({ outcome: 'suppressed', reason });
});

test('STOP opts out, suppresses the turn that waits and every later one; START lifts it; the AI answers neither word', () => {
  const world = new World();
  world.receive({ text: 'Hi' }, { text: ' stop ' });
  expect([...world.dispatches.values()].map((d) => d.reason).sort()).toEqual(['opted_out', 'opted_out']);
  expect(world.optedOut).toBe(true);
  expect(types(world)).toContain('message.opt_out');
  world.receive({ text: 'Hello?' });
  expect(last(world.dispatches)).toMatchObject({ outcome: 'suppressed', reason: 'opted_out' });
  world.receive({ text: 'START' }, { text: 'Back again' });
  expect(world.optedOut).toBe(false);
  const [start, back] = [...world.dispatches.values()].slice(-2);
  expect(start).toMatchObject({ outcome: 'suppressed' });
  expect(back).toMatchObject({ outcome: 'pending' });
});

test('an opt-out that the provider has already answered counts, whatever the words', () => {
  const world = new World();
  world.receive({ text: 'arrêt', provider_opt_out: 'stop' });
  expect(world.optedOut).toBe(true);
});

test('a message on WhatsApp opens the window and sets the notice an hour before its end', () => {
  const world = new World();
  world.receive({ channel: 'whatsapp' });
  expect(world.conversation?.window_expires_at).toEqual(after(windowMs));
  expect(world.timers.get(`window_closing:${world.conversation?.conversation_id}`)?.due_at).toEqual(after(windowMs - closingNoticeMs));
});

test('a WhatsApp message that comes late never shortens the window', () => {
  const world = new World();
  world.receive({ channel: 'whatsapp' });
  world.receive({ channel: 'whatsapp', sent_at: after(-3_600_000).toISOString() });
  expect(world.conversation?.window_expires_at).toEqual(after(windowMs));
});

test('a reply goes where the customer wrote last', () => {
  const world = new World();
  world.receive({ channel: 'whatsapp', channel_account_id: 'account_wa', to: '+15550101' });
  world.receive({ channel: 'sms' });
  expect(world.conversation).toMatchObject({ channel: 'sms', channel_account_id: 'account_sms', own_address: '+15550100' });
});

test('a person who answers outside Baton takes the conversation over, and the waiting turn with it', () => {
  const world = new World({ takeover_timeout_seconds: 60 });
  world.receive({ text: 'Hi' });
  world.receive({ text: 'I am on it', author: 'human' });
  expect(world.conversation).toMatchObject({ ai_mode: 'human', mode_epoch: 2, takeover_expires_at: after(60_000) });
  expect(last(world.messages)).toMatchObject({ direction: 'outbound', author: 'human', status: 'sent' });
  expect(last(world.dispatches)).toMatchObject({ outcome: 'suppressed', reason: 'mode_human' });
  expect(world.history).toMatchObject([{ reason: 'external_reply' }]);
  world.receive({ text: 'And more', author: 'human' });
  expect(world.history).toHaveLength(1);
});

test('what a customer writes while another program has the conversation is kept, and not answered', () => {
  const world = new World();
  world.receive({ text: 'Hi' });
  world.receive({ text: 'To the other one', standby: true });
  expect(world.conversation).toMatchObject({ ai_mode: 'human', mode_epoch: 2, unread: true });
  expect([...world.dispatches.values()]).toMatchObject([
    { outcome: 'suppressed', reason: 'mode_human' },
    { outcome: 'suppressed', reason: 'mode_human' },
  ]);
  expect(world.history).toMatchObject([{ reason: 'external_owner' }]);
});

test('a customer who comes back makes an abandoned conversation active, and everybody hears of it', () => {
  const world = new World({ silence_timeout_seconds: 60 });
  world.receive({});
  world.advance(60_000);
  expect(world.fireDue()?.kind).toBe('silence');
  expect(world.conversation?.status).toBe('abandoned');
  world.receive({ text: 'Still there?' });
  expect(world.conversation?.status).toBe('active');
  expect(types(world).at(-1)).toBe('conversation.updated');
});

test('a name is learned once and never overwritten by a provider', () => {
  const world = new World();
  world.receive({});
  const ledger = newTestLedger();
  const thread = {
    partition: 3,
    agent: world.agent,
    conversation: ledger.conversation(world.conversation!),
    previous: undefined,
    contact: ledger.contact({ ...world.contact!, name: 'Known' }),
    taken: new Set<string>(),
    optedOut: false,
    modeContext: { agentTimeoutSeconds: null, openSends: [], pending: undefined },
  };
  receiveMessage(ledger, thread, inbound({ contact: { name: 'Other', email: 'z@example.com', attributes: undefined } }));
  const { contactUpdates, contactAddresses } = ledger.close();
  expect(contactUpdates).toMatchObject([{ row: { name: 'Known', email: 'z@example.com', version: 2 }, seen: { version: 1 } }]);
  expect(contactAddresses).toMatchObject([{ kind: 'email', address: 'z@example.com' }]);
});

test('an e-mail address that is somebody else’s is not learned', () => {
  const world = new World();
  world.receive({});
  const ledger = newTestLedger();
  const thread = {
    partition: 3,
    agent: world.agent,
    conversation: ledger.conversation(world.conversation!),
    previous: undefined,
    contact: ledger.contact({ ...world.contact!, name: 'Known' }),
    taken: new Set(['email z@example.com']),
    optedOut: false,
    modeContext: { agentTimeoutSeconds: null, openSends: [], pending: undefined },
  };
  receiveMessage(ledger, thread, inbound({ contact: { name: '', email: 'Z@example.com ', attributes: undefined } }));
  expect(ledger.close()).toMatchObject({ contactUpdates: [], contactAddresses: [] });
});

test('of STOP and START in one batch the last word counts, whichever it is', () => {
  const world = new World();
  const last = (...texts: string[]) => {
    const ledger = newTestLedger();
    const thread = {
      partition: 3,
      agent: world.agent,
      conversation: undefined,
      previous: undefined,
      contact: undefined,
      taken: new Set<string>(),
      optedOut: false,
      modeContext: { agentTimeoutSeconds: null, openSends: [], pending: undefined },
    };
    for (const text of texts) receiveMessage(ledger, thread, inbound({ text }));
    const { optOuts, optIns, optOutHistory } = ledger.close();
    return [optOuts.length, optIns.length, optOutHistory.map((one) => one.action).join()];
  };
  expect(last('STOP', 'START')).toEqual([0, 1, 'opt_out,opt_in']);
  expect(last('STOP', 'START', 'STOP')).toEqual([1, 0, 'opt_out,opt_in,opt_out']);
});

test('a message whose own time cannot be read is taken at the time it came', () => {
  const world = new World();
  world.receive({ channel: 'whatsapp', sent_at: 'yesterday', received_at: noon.toISOString() });
  expect(world.conversation?.window_expires_at).toEqual(after(windowMs));
  world.receive({ author: 'human', sent_at: 'yesterday', text: 'By hand' });
  expect(last(world.messages).sent_at).toEqual(noon);
});
