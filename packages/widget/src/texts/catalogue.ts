/** Every text of the widget. `{n}` and the like stand for what is put in. */
export interface Catalogue {
  open: string;
  openUnread: string;
  close: string;
  title: string;
  region: string;
  messages: string;
  earlier: string;
  write: string;
  placeholder: string;
  send: string;
  modeAi: string;
  modeHuman: string;
  typing: string;
  connecting: string;
  offline: string;
  unavailable: string;
  sending: string;
  waiting: string;
  stored: string;
  refused: string;
  retry: string;
  discard: string;
  full: string;
  you: string;
  ai: string;
  human: string;
  says: string;
  attachment: string;
  newTab: string;
}
