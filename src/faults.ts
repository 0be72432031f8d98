/**
 * What can go wrong, as a closed table. A fault is one sentence that names the cause, one that names
 * the remedy, and three decisions taken once, at birth: may it pass by itself (`retryable`), does it
 * end the work (`fatal`), and with which exit code does a command end (`exitCode`).
 */

/** The room a fault was born in. */
export type Room =
  | 'media' | 'settings' | 'inference' | 'ingest' | 'segment' | 'sense'
  | 'policy' | 'budget' | 'emit' | 'serve' | 'learn' | 'evaluate' | 'pipelines';

interface Nature {
  readonly exitCode: number;
  readonly retryable: boolean;
  readonly fatal: boolean;
}

const nature = (exitCode: number, retryable: boolean, fatal: boolean): Nature => ({ exitCode, retryable, fatal });

/** Every kind of fault, with its documented exit code. README.md shows this table; a test compares them. */
export const FAULT_KINDS = {
  'usage': nature(2, false, true),
  'settings-invalid': nature(3, false, true),
  'source-unknown-scheme': nature(10, false, true),
  'source-not-found': nature(11, false, true),
  'source-refused': nature(12, true, false),
  'source-login-refused': nature(13, false, true),
  'source-not-media': nature(14, false, true),
  'source-damaged': nature(15, false, false),
  'source-stalled': nature(16, true, false),
  'source-lost': nature(17, true, false),
  'source-empty': nature(18, false, true),
  'source-forbidden': nature(19, false, true),
  'media-process-crashed': nature(20, true, false),
  'external-ffmpeg-missing': nature(21, false, true),
  'external-ffmpeg-failed': nature(22, true, false),
  'pack-not-found': nature(30, false, true),
  'pack-invalid': nature(31, false, true),
  'pack-hash-mismatch': nature(32, false, true),
  'model-unreadable': nature(33, false, true),
  'model-wrong-shape': nature(34, false, true),
  'model-unsupported': nature(35, false, true),
  'download-failed': nature(36, true, true),
  'inference-failed': nature(37, false, true),
  'listen-failed': nature(40, false, true),
  'auth-required': nature(41, false, true),
  'data-unusable': nature(50, false, true),
  'disk-full': nature(51, false, true),
  'file-refused': nature(52, false, true),
  'internal': nature(70, false, true),
} as const satisfies Record<string, Nature>;

/** The name of a kind of fault. */
export type FaultKind = keyof typeof FAULT_KINDS;

/** The parts of a fault that its author writes. */
export interface FaultParts {
  /** What the user can do about it: one sentence. */
  readonly remedy?: string;
  /** The error underneath, for the log; never shown to a user as it is. */
  readonly cause?: unknown;
}

/** An expected failure: one sentence with its remedy, never a stack trace for the user. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly room: Room;
  readonly kind: FaultKind;
  readonly remedy: string | undefined;

  /**
   * @param room where it was born
   * @param kind which row of {@link FAULT_KINDS} it is
   * @param message one sentence that names the cause; no secrets
   * @param parts remedy and underlying cause
   */
  constructor(room: Room, kind: FaultKind, message: string, parts: FaultParts = {}) {
    super(message, { cause: parts.cause });
    this.room = room;
    this.kind = kind;
    this.remedy = parts.remedy;
  }

  /** Whether the same attempt may succeed later without anybody changing anything. */
  get retryable(): boolean {
    return FAULT_KINDS[this.kind].retryable;
  }

  /** Whether the work it belongs to ends. */
  get fatal(): boolean {
    return FAULT_KINDS[this.kind].fatal;
  }

  /** The exit code of a command that ends with this fault. */
  get exitCode(): number {
    return FAULT_KINDS[this.kind].exitCode;
  }

  /** The sentence and its remedy, as a user reads them. */
  get sentence(): string {
    return this.remedy === undefined ? this.message : `${this.message} ${this.remedy}`;
  }
}

/** A plain form that can cross a process boundary. */
export interface FaultRecord {
  readonly room: Room;
  readonly kind: FaultKind;
  readonly message: string;
  readonly remedy?: string;
}

/** Turns a fault into its plain form. */
export const faultToRecord = (fault: Fault): FaultRecord => ({
  room: fault.room,
  kind: fault.kind,
  message: fault.message,
  ...(fault.remedy === undefined ? {} : { remedy: fault.remedy }),
});

/** Turns the plain form back into a fault. */
export const faultFromRecord = (record: FaultRecord): Fault =>
  new Fault(record.room, record.kind, record.message, record.remedy === undefined ? {} : { remedy: record.remedy });

/** What the operating system refuses, which is no mistake of ours: the code, the kind, and what is said. */
const REFUSALS: ReadonlyMap<unknown, readonly [FaultKind, string, string]> = new Map([
  ['ENOSPC', ['disk-full', 'There is no space left on the disk', 'Free some, or name a folder on another disk, and run it again.']],
  ['EDQUOT', ['disk-full', 'The quota of this user on the disk is used up', 'Free some, or name a folder on another disk, and run it again.']],
  ['EROFS', ['file-refused', 'The disk can only be read', 'Name a folder that can be written.']],
  ['EACCES', ['file-refused', 'This user may not open or write a file', 'Check its owner and its permissions, or name another.']],
]);

const refusalOf = (error: unknown, room: Room): Fault | undefined => {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const [kind, what, remedy] = REFUSALS.get(error.code) ?? [];
  if (kind === undefined) return undefined;
  const where = 'path' in error && typeof error.path === 'string' ? `: ${error.path}` : '';
  return new Fault(room, kind, `${what ?? ''}${where}.`, { cause: error, ...(remedy === undefined ? {} : { remedy }) });
};

/** Wraps whatever was thrown: a fault stays itself, a full disk or a forbidden file is told as such, anything else becomes an `internal` one of that room. */
export const asFault = (error: unknown, room: Room): Fault =>
  error instanceof Fault
    ? error
    : refusalOf(error, room) ?? new Fault(room, 'internal', `Something in Hearken itself failed: ${error instanceof Error ? error.message : String(error)}.`, {
        remedy: 'Please report it with the command you ran; HEARKEN_DEBUG=1 shows where it happened.',
        cause: error,
      });
