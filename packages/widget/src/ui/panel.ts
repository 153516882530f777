import type { Chat } from '../chat.ts';
import type { Catalogue } from '../texts/catalogue.ts';
import { fill } from '../texts/choose.ts';
import { h, icon, setText } from './dom.ts';
import { arrange, MessageView } from './message.ts';

const chatPath = 'M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H9l-5 4v-4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z';
const closePath = 'M18.3 5.7 12 12l6.3 6.3-1.4 1.4L10.6 13.4 4.3 19.7 2.9 18.3 9.2 12 2.9 5.7 4.3 4.3l6.3 6.3 6.3-6.3z';
const sendPath = 'M3 20.5 21.5 12 3 3.5v6.6l12 1.9-12 1.9z';

const maxLength = 8000;

export interface PanelOptions {
  chat: () => Chat;
  texts: Catalogue;
  language: string;
  title: string | undefined;
  sheet: CSSStyleSheet;
  /** Told when the visitor opens or closes it. */
  toggled: (open: boolean) => void;
}

/** The window and the button that opens it, in a shadow tree of their own. */
export class Panel {
  readonly host = h('div', { 'data-baton-widget': '' });
  isOpen = false;
  readonly #o: PanelOptions;
  readonly #box = h('div', { class: 'w' });
  readonly #launch: HTMLButtonElement;
  readonly #badge = h('span', { class: 'badge', 'aria-hidden': 'true' });
  readonly #panel: HTMLElement;
  readonly #title: HTMLElement;
  readonly #mode = h('p', { class: 'mode', id: 'mode', role: 'status' });
  readonly #log: HTMLElement;
  readonly #more: HTMLButtonElement;
  readonly #status = h('p', { class: 'status', role: 'status' });
  readonly #input: HTMLTextAreaElement;
  readonly #views = new Map<string, MessageView>();

  constructor(o: PanelOptions) {
    this.#o = o;
    const { texts } = o;
    this.#launch = h(
      'button',
      { type: 'button', class: 'launch', 'aria-haspopup': 'dialog', 'aria-expanded': 'false' },
      icon(chatPath),
      this.#badge,
    );
    this.#title = h('h2', { id: 'title' }, o.title ?? texts.title);
    this.#more = h('button', { type: 'button', class: 'more' }, texts.earlier);
    this.#log = h('div', { class: 'log', role: 'log', 'aria-label': texts.messages, 'aria-live': 'polite', tabindex: '0' }, this.#more);
    this.#input = h('textarea', {
      id: 'text',
      rows: '1',
      maxlength: String(maxLength),
      placeholder: texts.placeholder,
      enterkeyhint: 'send',
    });
    this.#panel = this.#build();
    this.#box.append(this.#panel, this.#launch);
    const root = this.host.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [o.sheet];
    root.append(this.#box);
    this.host.lang = o.language;
    this.#launch.addEventListener('click', () => this.open());
    this.render();
  }

  open(): void {
    this.#show(true);
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#input.focus();
  }

  close(): void {
    this.#show(false);
    this.#launch.focus();
  }

  /** Shows what there is now. */
  render(): void {
    const { texts } = this.#o;
    const chat = this.#o.chat();
    const { unread } = chat;
    const count = unread > 99 ? '99+' : String(unread);
    this.#launch.setAttribute('aria-label', unread > 0 ? fill(texts.openUnread, { n: count }) : texts.open);
    this.#badge.hidden = unread === 0;
    setText(this.#badge, count);
    setText(this.#title, this.#o.title ?? (chat.agent || texts.title));
    setText(this.#mode, chat.mode === undefined || chat.mode === 'closed' ? '' : chat.mode === 'ai' ? texts.modeAi : texts.modeHuman);
    this.#more.hidden = chat.older === null;
    this.#renderLines(chat);
    setText(this.#status, this.#statusOf(chat));
  }

  #statusOf(chat: Chat): string {
    const { texts } = this.#o;
    if (!navigator.onLine) return texts.offline;
    if (chat.link === 'unavailable') return texts.unavailable;
    if (chat.link === 'connecting' || chat.link === 'offline') return texts.connecting;
    return chat.typing ? texts.typing : '';
  }

  #renderLines(chat: Chat): void {
    const { lines } = chat;
    const atEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < 60;
    const newestOwn = lines.findLast(({ message }) => message === undefined || message.author === 'visitor')?.key;
    const keys = new Set(lines.map(({ key }) => key));
    for (const key of this.#views.keys()) if (!keys.has(key)) this.#views.delete(key);
    let added = false;
    const elements = lines.map((line) => {
      let view = this.#views.get(line.key);
      if (!view) {
        added = true;
        view = new MessageView(line, { texts: this.#o.texts, language: this.#o.language, actions: chat });
        this.#views.set(line.key, view);
      }
      view.update(line, line.key === newestOwn, navigator.onLine);
      return view.element;
    });
    arrange(this.#log, elements, this.#more);
    if (added && atEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #show(open: boolean): void {
    this.isOpen = open;
    this.#panel.hidden = !open;
    this.#launch.hidden = open;
    this.#launch.setAttribute('aria-expanded', String(open));
    this.#box.classList.toggle('open', open);
    this.#o.toggled(open);
  }

  #build(): HTMLElement {
    const { texts } = this.#o;
    const close = h('button', { type: 'button', class: 'close', 'aria-label': texts.close }, icon(closePath));
    const send = h('button', { type: 'submit', class: 'send', 'aria-label': texts.send }, icon(sendPath));
    const form = h('form', {}, h('label', { class: 'sr', for: 'text' }, texts.write), this.#input, send);
    const panel = h(
      'section',
      { class: 'panel', role: 'dialog', 'aria-labelledby': 'title', 'aria-describedby': 'mode', hidden: '' },
      h('div', { class: 'head' }, h('div', {}, this.#title, this.#mode), close),
      this.#log,
      this.#status,
      form,
    );
    close.addEventListener('click', () => this.close());
    this.#more.addEventListener('click', () => void this.#showEarlier());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    panel.addEventListener('keydown', (event) => {
      // The page's own shortcuts must not act on what is typed here.
      event.stopPropagation();
      if (event.key === 'Escape') this.close();
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.target !== this.#input) return;
      event.preventDefault();
      this.#submit();
    });
    return panel;
  }

  #submit(): void {
    const text = this.#input.value.trim();
    if (text === '') return;
    if (!this.#o.chat().write(text)) {
      setText(this.#status, this.#o.texts.full);
      return;
    }
    this.#input.value = '';
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#input.focus();
  }

  async #showEarlier(): Promise<void> {
    const { scrollHeight, scrollTop } = this.#log;
    // The button goes when there is nothing more; who pressed it must not be lost.
    this.#log.focus();
    await this.#o
      .chat()
      .loadOlder()
      .catch(() => undefined);
    this.#log.scrollTop = scrollTop + this.#log.scrollHeight - scrollHeight;
  }
}
