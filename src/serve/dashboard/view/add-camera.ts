import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { asFault, type Fault } from '../../../faults.js';
import type { HearkenClient } from '../../client.js';
import { complaintsOf, type Complaints } from '../problems.js';

type Field = 'name' | 'source' | 'transport' | 'listen';
type Values = Readonly<Record<Field, string>>;

const EMPTY: Values = { name: '', source: '', transport: 'tcp', listen: '' };
/** Where each field stands in a definition. A name stands outside of it. */
const PATHS: Readonly<Record<Field, string>> = { name: 'name', source: 'source', transport: 'transport', listen: 'listen' };

const isRtsp = (source: string): boolean => /^rtsps?:/i.test(source.trim());

const definitionOf = ({ source, transport, listen }: Values): Readonly<Record<string, unknown>> => ({
  source: source.trim(),
  ...(isRtsp(source) ? { transport } : {}),
  ...(listen.trim() === '' ? {} : { listen: listen.split(',').map((label) => label.trim()).filter((label) => label !== '') }),
});

/** What the server refused, at the field it is about. */
const complaintsFrom = (fault: Fault): Complaints<Field> => {
  const { message, kind, sentence } = fault;
  if (/^A camera is named|stands in the configuration/.test(message)) return { fields: { name: message }, rest: undefined };
  if (kind.startsWith('source-') && kind !== 'source-refused') return { fields: { source: message }, rest: undefined };
  return kind === 'settings-invalid' ? complaintsOf(message, PATHS) : { fields: {}, rest: sentence };
};

/** What a name may be; another one has no address. */
const NAME = /^\w[\w.-]{0,63}$/;

const wrongName = (name: string): string | undefined =>
  name === '' ? 'A name is needed.' : NAME.test(name) ? undefined : 'A camera is named by letters, digits, “_”, “.” and “-”, at most 64.';

const missing = ({ name, source }: Values): Complaints<Field> => {
  const wrong = wrongName(name.trim());
  return { fields: { ...(wrong === undefined ? {} : { name: wrong }), ...(source.trim() === '' ? { source: 'A source is needed.' } : {}) }, rest: undefined };
};

interface FieldProps {
  readonly field: Field;
  readonly title: string;
  readonly hint: string;
  readonly error: string | undefined;
  readonly input: (described: Readonly<Record<string, unknown>>) => VNode;
}

const fieldRow = ({ field, title, hint, error, input }: FieldProps): VNode => html`<div class="field">
  <label for=${`add-${field}`}>${title}</label>
  ${input({ 'id': `add-${field}`, 'name': field, 'aria-describedby': `add-${field}-hint${error === undefined ? '' : ` add-${field}-error`}`, 'aria-invalid': error === undefined ? undefined : 'true' })}
  ${error === undefined ? undefined : html`<p class="field-error" id=${`add-${field}-error`}>${error}</p>`}
  <p class="hint" id=${`add-${field}-hint`}>${hint}</p>
</div>`;

/** The state of the form, and how it is sent. */
const useForm = (client: HearkenClient, onClose: () => void) => {
  const [values, setValues] = useState<Values>(EMPTY);
  const [complaints, complain] = useState<Complaints<Field>>({ fields: {}, rest: undefined });
  const [busy, setBusy] = useState(false);
  const set = (field: Field) => (event: Event): void => {
    setValues({ ...values, [field]: (event.currentTarget as HTMLInputElement).value });
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const lacking = missing(values);
    complain(lacking);
    if (Object.keys(lacking.fields).length > 0) return;
    setBusy(true);
    client.cameras.put(values.name.trim(), definitionOf(values))
      .then(onClose, (error: unknown) => { complain(complaintsFrom(asFault(error, 'serve'))); })
      .finally(() => { setBusy(false); });
  };
  return { values, complaints, busy, set, submit };
};

/** A form that adds a camera. What the server finds wrong is said at the field it is about. */
export const AddCamera = ({ client, onClose }: { readonly client: HearkenClient; readonly onClose: () => void }): VNode => {
  const dialog = useRef<HTMLDialogElement | null>(null);
  const { values, complaints: { fields, rest }, busy, set, submit } = useForm(client, onClose);
  useEffect(() => { dialog.current?.showModal(); }, []);
  useEffect(() => { dialog.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(); }, [fields]);
  return html`<dialog ref=${dialog} aria-labelledby="add-title" onClose=${onClose}>
    <form onSubmit=${submit} novalidate>
      <h2 id="add-title">Add a camera</h2>
      ${fieldRow({ field: 'name', title: 'Name', hint: 'How it is called everywhere, such as yard.', error: fields.name, input: (more) => html`<input ...${more} value=${values.name} onInput=${set('name')} autocomplete="off" autocapitalize="none" spellcheck=${false} autofocus />` })}
      ${fieldRow({ field: 'source', title: 'Source', hint: 'An address such as rtsp://10.0.0.5/sub that the configuration allows, or whip for a camera that is published to.', error: fields.source, input: (more) => html`<input ...${more} value=${values.source} onInput=${set('source')} autocomplete="off" autocapitalize="none" spellcheck=${false} inputmode="url" />` })}
      ${isRtsp(values.source) ? fieldRow({ field: 'transport', title: 'Transport', hint: 'How RTSP carries its packets.', error: fields.transport, input: (more) => html`<select ...${more} value=${values.transport} onChange=${set('transport')}><option value="tcp">TCP</option><option value="udp">UDP</option></select>` }) : undefined}
      ${fieldRow({ field: 'listen', title: 'Listen for (optional)', hint: 'Sounds that are always worth a look, separated by commas.', error: fields.listen, input: (more) => html`<input ...${more} value=${values.listen} onInput=${set('listen')} autocomplete="off" autocapitalize="none" />` })}
      ${rest === undefined ? undefined : html`<p class="field-error" role="alert">${rest}</p>`}
      <p class="hint">It lives until the service ends. To keep it, write it into the configuration file too.</p>
      <div class="buttons"><button type="button" onClick=${onClose}>Cancel</button><button type="submit" class="primary" disabled=${busy}>${busy ? 'Adding …' : 'Add camera'}</button></div>
    </form>
  </dialog>`;
};
