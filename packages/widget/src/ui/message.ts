import { linkify } from '../linkify.ts';
import type { SeenAttachment } from '../protocol.ts';
import type { Catalogue } from '../texts/catalogue.ts';
import { fill } from '../texts/choose.ts';
import type { Line } from '../thread.ts';
import { h } from './dom.ts';

export interface MessageActions {
  retry(id: string): void;
  discard(id: string): void;
}

/** One message as it stands in the log. It keeps its element for ever, so that what is said once is not said again. */
export class MessageView {
  readonly element: HTMLElement;
  readonly #state: HTMLElement;
  readonly #body: HTMLElement;
  readonly #texts: Catalogue;
  readonly #actions: MessageActions;
  #shown = '';
  #shownState = '';

  constructor(line: Line, o: { texts: Catalogue; language: string; actions: MessageActions }) {
    this.#texts = o.texts;
    this.#actions = o.actions;
    const mine = line.message === undefined || line.message.author === 'visitor';
    this.#body = h('div', {});
    this.#state = h('p', { class: 'state' });
    const time = new Intl.DateTimeFormat(o.language, { timeStyle: 'short' }).format(new Date(line.message?.at ?? line.written?.at ?? 0));
    const who = whoOf(line, o.texts);
    this.element = h(
      'div',
      { class: mine ? 'm mine' : 'm' },
      mine
        ? h('span', { class: 'sr' }, fill(o.texts.says, { who, time }))
        : h(
            'p',
            { class: 'name' },
            h('span', { 'aria-hidden': 'true' }, `${who} · ${time}`),
            h('span', { class: 'sr' }, fill(o.texts.says, { who, time })),
          ),
      this.#body,
      this.#state,
    );
    this.update(line, true);
  }

  /** `latest`: the newest of its kind, the only one that says how far it got. */
  update(line: Line, latest: boolean, online = true): void {
    const text = line.message?.text ?? line.written?.text ?? '';
    const attachments = line.message?.attachments ?? [];
    const now = JSON.stringify([text, attachments]);
    if (now !== this.#shown) {
      this.#shown = now;
      this.#body.replaceChildren(...(text === '' ? [] : [this.#text(text)]), ...attachments.map((one) => this.#attachment(one)));
    }
    this.#showState(line, latest, online);
  }

  #showState({ message, written }: Line, latest: boolean, online: boolean): void {
    const texts = this.#texts;
    const mine = message === undefined || message.author === 'visitor';
    const state = written?.state ?? 'stored';
    const text =
      state === 'refused' ? texts.refused : state === 'waiting' ? (online ? texts.sending : texts.waiting) : latest ? texts.stored : '';
    const now = mine ? `${state} ${text}` : '';
    if (now === this.#shownState) return;
    this.#shownState = now;
    this.#state.hidden = !mine || text === '';
    this.#state.classList.toggle('bad', state === 'refused');
    this.#state.replaceChildren(text);
    if (state === 'refused' && written)
      this.#state.append(
        this.#button(texts.retry, () => this.#actions.retry(written.id)),
        this.#button(texts.discard, () => this.#actions.discard(written.id)),
      );
  }

  #button(label: string, act: () => void): HTMLButtonElement {
    const button = h('button', { type: 'button' }, label);
    button.addEventListener('click', act);
    return button;
  }

  #text(text: string): HTMLElement {
    return h(
      'div',
      { class: 'text' },
      ...linkify(text).map(({ text: piece, href }) => (href === undefined ? piece : this.#link(href, piece))),
    );
  }

  #link(href: string, ...children: (Node | string)[]): HTMLAnchorElement {
    // Where it leads learns nothing of this page and cannot reach back into it.
    return h(
      'a',
      { href, target: '_blank', rel: 'noopener noreferrer nofollow' },
      ...children,
      h('span', { class: 'sr' }, ` ${this.#texts.newTab}`),
    );
  }

  #attachment({ url, content_type: type, size, name }: SeenAttachment): Node {
    const label = name || this.#texts.attachment;
    if (!/^https?:\/\//i.test(url)) return document.createTextNode(label);
    const kib = size > 0 ? ` (${size < 1_048_576 ? `${Math.ceil(size / 1024)} KiB` : `${(size / 1_048_576).toFixed(1)} MiB`})` : '';
    const isImage = /^image\/(?:png|jpeg|gif|webp|avif)$/i.test(type);
    const link = this.#link(
      url,
      isImage ? h('img', { src: url, alt: label, loading: 'lazy', referrerpolicy: 'no-referrer' }) : `${label}${kib}`,
    );
    link.className = 'file';
    return link;
  }
}

function whoOf({ message }: Line, texts: Catalogue): string {
  if (!message || message.author === 'visitor') return texts.you;
  return message.name || (message.author === 'ai' ? texts.ai : texts.human);
}

/** Brings the log's elements into the order of the lines with as few moves as there are. */
export function arrange(log: HTMLElement, elements: readonly HTMLElement[], first: HTMLElement): void {
  const wanted = new Set<Element>([first, ...elements]);
  for (const child of [...log.children]) if (!wanted.has(child)) child.remove();
  let before: Element = first;
  for (const element of elements) {
    if (before.nextElementSibling !== element) before.after(element);
    before = element;
  }
}
