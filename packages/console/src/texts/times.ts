/** How times are written; everything takes `now`, so that it can be tested. */
export interface Times {
  clock(at: string): string;
  /** For lists: the clock today, the weekday this week, else the date. */
  short(at: string, now: Date): string;
  /** For the marks between days. */
  day(at: string, about: { now: Date; today: string; yesterday: string }): string;
  full(at: string): string;
  /** How long ago, coarsely. */
  ago(at: string, now: Date): string;
  duration(ms: number): string;
}

const dayMs = 86_400_000;

export function timesIn(language: string, timeZone?: string): Times {
  const zone = timeZone === undefined ? {} : { timeZone };
  const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', ...zone });
  const weekday = new Intl.DateTimeFormat(language, { weekday: 'short', ...zone });
  const date = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', ...zone });
  const dateWithYear = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric', ...zone });
  const long = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long', ...zone });
  const full = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', ...zone });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const dayOf = new Intl.DateTimeFormat('en-CA', zone);
  const daysAgo = (at: Date, now: Date) => Math.round((Date.parse(dayOf.format(now)) - Date.parse(dayOf.format(at))) / dayMs);
  return {
    clock: (at) => clock.format(new Date(at)),
    short: (at, now) => {
      const time = new Date(at);
      const ago = daysAgo(time, now);
      if (ago <= 0) return clock.format(time);
      if (ago < 7) return weekday.format(time);
      return (ago < 300 ? date : dateWithYear).format(time);
    },
    day: (at, { now, today, yesterday }) => {
      const time = new Date(at);
      const ago = daysAgo(time, now);
      if (ago === 0) return today;
      if (ago === 1) return yesterday;
      return (ago < 300 ? long : dateWithYear).format(time);
    },
    ago: (at, now) => {
      const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(at)) / 1000));
      if (seconds < 60) return relative.format(-seconds, 'second');
      if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), 'minute');
      if (seconds < 86_400) return relative.format(-Math.floor(seconds / 3600), 'hour');
      return relative.format(-Math.floor(seconds / 86_400), 'day');
    },
    full: (at) => full.format(new Date(at)),
    duration: (ms) => {
      if (ms < 950) return `${Math.max(1, Math.round(ms))} ms`;
      if (ms < 10_000) return `${(ms / 1000).toLocaleString(language, { maximumFractionDigits: 1 })} s`;
      if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
      if (ms < 3_600_000) return `${Math.round(ms / 60_000) || 1} min`;
      return `${Math.floor(ms / 3_600_000)} h ${Math.floor((ms % 3_600_000) / 60_000)} min`;
    },
  };
}
