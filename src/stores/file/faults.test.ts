import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { AuthorizationError, CloudVolumeError, IntegrityError, StorageError } from "../../base/errors.js";
import { type FileStore, fileStore } from "./index.js";
import { failure, type Watched, watchedFileSystem } from "./testing.js";

const root = mkdtempSync(join(tmpdir(), "file-faults-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;

const OLD = Uint8Array.from({ length: 1000 }, (_, i) => i);
const NEW = Uint8Array.from({ length: 1500 }, (_, i) => i * 3);

interface Situation {
  readonly title: string;
  readonly prepare: (store: FileStore) => void;
  readonly act: (store: FileStore) => Promise<void> | void;
}

const plain = (store: FileStore): void => store.writeSync("sub/key", OLD);
const zipped = (store: FileStore): void => store.writeSync("sub/key", OLD, { compression: "gzip" });
const both = (
  title: string,
  prepare: Situation["prepare"],
  options: (store: FileStore) => { compression?: "gzip" | "br"; ifVersion?: string | null },
): Situation[] => [
  { title: `${title}, write`, prepare, act: (store) => store.write("sub/key", NEW, options(store)) },
  { title: `${title}, writeSync`, prepare, act: (store) => store.writeSync("sub/key", NEW, options(store)) },
];

const situations: readonly Situation[] = [
  ...both(
    "a first object",
    () => undefined,
    () => ({}),
  ),
  ...both("over an old object", plain, () => ({})),
  ...both("over one in another compression", zipped, () => ({ compression: "br" })),
  ...both(
    "if there is none",
    () => undefined,
    () => ({ ifVersion: null }),
  ),
  {
    title: "removing",
    prepare: zipped,
    act: (store) => store.remove("sub/key"),
  },
];

/** Names of files that are being written and of locks, anywhere in a folder. */
function leftovers(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.cv(tmp|lock)$/.test(name),
  );
}

interface Outcome {
  readonly error: unknown;
  readonly watched: Watched;
  readonly folder: string;
  readonly content: Uint8Array | undefined;
}

async function attempt(
  situation: Situation,
  intercept: Parameters<typeof watchedFileSystem>[0],
): Promise<Outcome> {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  situation.prepare(fileStore(folder, { durability: "none" }));
  const watched = watchedFileSystem(intercept);
  let error: unknown;
  try {
    await situation.act(fileStore(folder, { fs: watched.fs }));
  } catch (caught) {
    error = caught;
  }
  const content = fileStore(folder).readSync("sub/key")?.bytes;
  return { error, watched, folder, content };
}

const isOneOf = (content: Uint8Array | undefined, ...allowed: (Uint8Array | undefined)[]): boolean =>
  allowed.some((a) =>
    a === undefined ? content === undefined : content !== undefined && Buffer.compare(a, content) === 0,
  );

describe.each(situations)("$title, with the Nth call failing", (situation) => {
  it.each(["EIO", "ENOSPC", "EMFILE", "EACCES"])(
    "by %s: a typed error, old or new, no leftovers",
    async (code) => {
      const before = (await attempt({ ...situation, act: () => undefined }, undefined)).content;
      const whole = await attempt(situation, undefined);
      expect(whole.error).toBeUndefined();
      const after = whole.content;
      const count = whole.watched.calls.length;
      expect(count).toBeGreaterThan(8);
      let failed = 0;
      for (let n = 0; n < count; n++) {
        const { error, watched, folder, content } = await attempt(situation, (_name, index) =>
          index === n ? failure(code) : undefined,
        );
        const at = `call ${n}, ${watched.calls[n]?.name} of ${count}`;
        if (error !== undefined) {
          failed++;
          expect(error, at).toBeInstanceOf(code === "EACCES" ? AuthorizationError : StorageError);
          expect(error, at).toMatchObject({ where: join(folder, "sub/key"), got: code });
        } else expect(isOneOf(content, after), at).toBe(true);
        expect(isOneOf(content, before, after), at).toBe(true);
        expect([...watched.open], at).toEqual([]);
        // Only a lock that cannot be taken back may stay.
        const isUnlock =
          watched.calls[n]?.name === "unlink" && /cvlock$/.test(String(watched.calls[n]?.args[0]));
        if (!isUnlock) expect(leftovers(folder), at).toEqual([]);
      }
      expect(failed).toBeGreaterThan(count / 2);
    },
  );

  it("and all after it, as in a crash: old or new, and the next write works", async () => {
    const before = (await attempt({ ...situation, act: () => undefined }, undefined)).content;
    const whole = await attempt(situation, undefined);
    for (let n = 0; n < whole.watched.calls.length; n++) {
      const { error, folder, content } = await attempt(situation, (_name, index) =>
        index >= n ? failure("EIO") : undefined,
      );
      if (error !== undefined) expect(error).toBeInstanceOf(CloudVolumeError);
      expect(isOneOf(content, before, whole.content), `crash at call ${n}`).toBe(true);
      const store = fileStore(folder, { durability: "none" });
      store.writeSync("sub/key", OLD, { compression: "zstd" });
      expect(store.readSync("sub/key")).toMatchObject({ bytes: OLD, compression: "zstd" });
      for await (const key of store.list("")) expect(key).toBe("sub/key");
    }
  });
});

describe("lengths", () => {
  it("goes on after short writes and reads", async () => {
    const folder = join(root, String(folders++));
    const { fs } = watchedFileSystem((name, _index, args) => {
      if (name !== "read" && name !== "write") return undefined;
      (args as number[])[3] = Math.min(7, args[3] as number);
      return undefined;
    });
    const store = fileStore(folder, { fs });
    await store.write("async", NEW);
    store.writeSync("sync", NEW);
    for (const key of ["async", "sync"]) {
      expect((await store.read(key))?.bytes).toEqual(NEW);
      expect(store.readSync(key)?.bytes).toEqual(NEW);
    }
  });

  it.each(["sync", "async"])("refuses a file that is not as long as it was made (%s)", async (how) => {
    for (const lie of [0, NEW.length - 1, NEW.length + 1]) {
      const folder = join(root, String(folders++));
      fileStore(folder).writeSync("key", OLD);
      const { fs } = watchedFileSystem((name) => (name === "fstat" ? { size: lie } : undefined));
      const store = fileStore(folder, { fs });
      const write = async (): Promise<void> =>
        how === "sync" ? store.writeSync("key", NEW) : await store.write("key", NEW);
      await expect(write()).rejects.toThrow(IntegrityError);
      expect(fileStore(folder).readSync("key")?.bytes).toEqual(OLD);
      expect(leftovers(folder)).toEqual([]);
    }
  });

  it("refuses a disk that takes nothing", async () => {
    const folder = join(root, String(folders++));
    const { fs } = watchedFileSystem((name) => (name === "write" ? 0 : undefined));
    await expect(fileStore(folder, { fs }).write("key", NEW)).rejects.toThrow(IntegrityError);
    expect(() => fileStore(folder, { fs }).writeSync("key", NEW)).toThrow(IntegrityError);
    expect(leftovers(folder)).toEqual([]);
  });

  it("refuses a file that gets shorter while it is read", async () => {
    const folder = join(root, String(folders++));
    fileStore(folder).writeSync("key", OLD);
    let reads = 0;
    const { fs, open } = watchedFileSystem((name, _index, args) => {
      if (name !== "read") return undefined;
      (args as number[])[3] = 10;
      return reads++ % 2 === 1 ? 0 : undefined;
    });
    await expect(fileStore(folder, { fs }).read("key")).rejects.toThrow(IntegrityError);
    expect(() => fileStore(folder, { fs }).readSync("key")).toThrow(/became shorter/);
    expect(open.size).toBe(0);
  });
});

describe("reading, with the Nth call failing", () => {
  it.each(["read", "readSync", "stat", "list"] as const)("%s: a typed error, never missing", async (how) => {
    const folder = join(root, String(folders++));
    fileStore(folder).writeSync("sub/key", OLD, { compression: "gzip" });
    const run = async (store: FileStore): Promise<unknown> => {
      if (how !== "list") return await store[how]("sub/key");
      const keys = [];
      for await (const key of store.list("")) keys.push(key);
      return keys;
    };
    for (const code of ["EIO", "EACCES", "EMFILE"]) {
      for (let n = 0; n < 12; n++) {
        const watched = watchedFileSystem((_name, index) => (index === n ? failure(code) : undefined));
        try {
          const result = await run(fileStore(folder, { fs: watched.fs }));
          if (how === "list") expect(result).toEqual(["sub/key"]);
          else expect(result).toMatchObject({ compression: "gzip" });
        } catch (error) {
          expect(error).toBeInstanceOf(code === "EACCES" ? AuthorizationError : StorageError);
        }
        expect(watched.open.size).toBe(0);
      }
    }
  });
});
