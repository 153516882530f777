import { describe, expect, it } from 'vitest';
import { RunningTurns } from './running-turns.ts';

describe('a turn in flight', () => {
  const begun = () => {
    const turns = new RunningTurns();
    const turn = turns.enter('conv_1', 'dsp_1');
    turn.begun(5);
    return { turns, turn };
  };

  it('is cut off by a mode change that came after it began', () => {
    const { turns, turn } = begun();
    turns.modeChanged('conv_1', 6);
    expect(turn.signal.reason).toBe('mode_changed');
  });

  it('is not cut off by the change it began under, an older one, or one of another conversation', () => {
    const { turns, turn } = begun();
    turns.modeChanged('conv_1', 5);
    turns.modeChanged('conv_1', 4);
    turns.modeChanged('conv_2', 9);
    expect(turn.signal.aborted).toBe(false);
  });

  it('is cut off at once when the change came while the answer to BeginTurn was on its way', () => {
    const turns = new RunningTurns();
    const turn = turns.enter('conv_1', 'dsp_1');
    turns.modeChanged('conv_1', 6);
    expect(turn.signal.aborted).toBe(false);
    turn.begun(5);
    expect(turn.signal.reason).toBe('mode_changed');
  });

  it('is cut off by the turn that replaces it, and when the service stops', () => {
    const { turns, turn } = begun();
    turns.superseded('dsp_1');
    expect(turn.signal.reason).toBe('superseded');
    const other = turns.enter('conv_2', 'dsp_2');
    turns.stopping();
    expect(other.signal.reason).toBe('stopping');
  });

  it('leaves nothing behind', () => {
    const { turns, turn } = begun();
    turn.end();
    expect(turns.size).toBe(0);
    turns.modeChanged('conv_1', 9);
    expect(turn.signal.aborted).toBe(false);
  });
});
