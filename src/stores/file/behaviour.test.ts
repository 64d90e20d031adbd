import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { AbortError, ArgumentError, StorageError } from "../../base/errors.js";
import { fileStore } from "./index.js";
import { temporaryName } from "./temporary.js";
import { watchedFileSystem } from "./testing.js";

const root = mkdtempSync(join(tmpdir(), "file-behaviour-"));
afterAll(() => rmSync(root, { recursive: true }));
let folder = "";
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(folder);
});

const bytes = Uint8Array.of(1, 2, 3, 4, 5);
const deadPid = spawnSync(process.execPath, ["-e", ""]).pid;
const names = (calls: readonly { name: string }[]): string => calls.map((c) => c.name).join(" ");

describe("looking for a file", () => {
  it("takes four calls once a folder's compression is known", async () => {
    const { fs, calls } = watchedFileSystem();
    for (const [i, compression] of (["gzip", "none"] as const).entries()) {
      fileStore(folder).writeSync(`${compression}/a`, bytes, { compression });
      fileStore(folder).writeSync(`${compression}/b`, bytes, { compression });
      const store = fileStore(folder, { fs });
      store.readSync(`${compression}/a`);
      calls.length = 0;
      store.readSync(`${compression}/b`);
      expect(names(calls)).toBe("open fstat read close");
      calls.length = 0;
      await store.read(`${compression}/a`, { range: { offset: 1, length: 2 } });
      expect(names(calls), String(i)).toBe("open fstat read close");
    }
  });

  it("finds what another writer put there in another compression", () => {
    const store = fileStore(folder);
    store.writeSync("key", bytes, { compression: "gzip" });
    expect(store.readSync("key")?.compression).toBe("gzip");
    const other = fileStore(folder);
    other.writeSync("key", bytes, { compression: "br" });
    expect(store.readSync("key")?.compression).toBe("br");
    other.writeSync("key", bytes);
    expect(store.readSync("key")?.compression).toBe("none");
  });

  it("looks twice, as a writer may change the compression in between", () => {
    fileStore(folder).writeSync("key", bytes, { compression: "xz" });
    let changed = false;
    const { fs } = watchedFileSystem((name, _index, args) => {
      if (name === "stat" && !changed && String(args[0]).endsWith(".br")) {
        changed = true;
        fileStore(folder).writeSync("key", bytes, { compression: "gzip" });
      }
      return undefined;
    });
    expect(fileStore(folder, { fs }).readSync("key")).toMatchObject({ bytes, compression: "gzip" });
  });

  it("takes a folder and a pipe for nothing", async () => {
    mkdirSync(join(folder, "dir"));
    mkdirSync(join(folder, "dir2"));
    writeFileSync(join(folder, "dir2.gz"), bytes);
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const store = fileStore(folder);
    for (const key of ["dir", "pipe"]) {
      expect(store.readSync(key)).toBeUndefined();
      expect(await store.read(key)).toBeUndefined();
      expect(await store.stat(key)).toBeUndefined();
    }
    expect(store.readSync("dir2")?.compression).toBe("gzip");
    await expect(store.write("dir", bytes)).rejects.toThrow(StorageError);
    await expect(store.write("dir2.gz/below".replace(".gz", ""), bytes)).resolves.toBeUndefined();
    await store.remove("dir");
    expect(existsSync(join(folder, "dir"))).toBe(true);
    expect(readdirSync(folder).filter((n) => n.endsWith(".cvtmp"))).toEqual([]);
  });

  it("never decodes percent signs, and reads stored names as they are", () => {
    const store = fileStore(folder);
    store.writeSync("a%2Fb", bytes);
    expect(readdirSync(folder)).toEqual(["a%2Fb"]);
    expect(store.readSync("a/b")).toBeUndefined();
    store.writeSync("zipped", bytes, { compression: "gzip" });
    expect(store.readSync("zipped.gz")).toMatchObject({ bytes, compression: "none" });
  });
});

describe("leaving the store", () => {
  it("by .. is for reading, inside the root", async () => {
    writeFileSync(join(folder, "beside"), bytes);
    const layer = join(folder, "data/layer");
    expect(fileStore(layer).readSync("../../beside")?.bytes).toEqual(bytes);
    expect(fileStore(layer, { root: folder }).readSync("../../beside")?.bytes).toEqual(bytes);
    const narrow = fileStore(layer, { root: join(folder, "data") });
    expect(() => narrow.readSync("../../beside")).toThrow(ArgumentError);
    expect(() => narrow.readSync("a/../../../beside")).toThrow(/leads out/);
    await expect(narrow.read("../../beside")).rejects.toThrow(ArgumentError);
    await expect(narrow.stat("../../beside")).rejects.toThrow(ArgumentError);
    expect(() => fileStore(layer).writeSync("../x", bytes)).toThrow(ArgumentError);
    expect(() => fileStore(folder, { root: layer })).toThrow(ArgumentError);
    expect(() => fileStore(`${folder}-twin`, { root: folder })).toThrow(ArgumentError);
  });

  it("by symbolic links is refused where there is a root", async () => {
    const layer = join(folder, "layer");
    const outside = join(folder, "outside");
    for (const made of [layer, outside]) mkdirSync(made);
    fileStore(outside).writeSync("secret", bytes);
    symlinkSync(outside, join(layer, "out"));
    symlinkSync(join(outside, "secret"), join(layer, "file"));
    symlinkSync(layer, join(layer, "inside"));
    fileStore(layer).writeSync("own", bytes);
    const free = fileStore(layer);
    expect(free.readSync("out/secret")?.bytes).toEqual(bytes);
    expect(free.readSync("file")?.bytes).toEqual(bytes);
    const bound = fileStore(layer, { root: layer });
    expect(bound.readSync("inside/own")?.bytes).toEqual(bytes);
    for (const key of ["out/secret", "file", "inside/out/secret"]) {
      expect(() => bound.readSync(key), key).toThrow(/symbolic link/);
      await expect(bound.read(key), key).rejects.toThrow(ArgumentError);
      await expect(bound.stat(key), key).rejects.toThrow(ArgumentError);
    }
    for (const key of ["out/new", "out/deep/er/new", "inside/out/new"]) {
      expect(() => bound.writeSync(key, bytes), key).toThrow(ArgumentError);
      await expect(bound.write(key, bytes, { ifVersion: null }), key).rejects.toThrow(ArgumentError);
    }
    await expect(bound.remove("out/secret")).rejects.toThrow(ArgumentError);
    expect(readdirSync(outside)).toEqual(["secret"]);
  });

  it("listing follows links, but not in circles", async () => {
    const other = join(folder, "other");
    fileStore(other).writeSync("x/y", bytes);
    const layer = join(folder, "layer");
    fileStore(layer).writeSync("a/b", bytes);
    symlinkSync(layer, join(layer, "a/circle"));
    symlinkSync(other, join(layer, "linked"));
    symlinkSync(join(folder, "nothing"), join(layer, "dangling"));
    const keys = [];
    for await (const key of fileStore(layer).list("")) keys.push(key);
    expect(keys.filter((k) => !k.startsWith("a/circle/"))).toEqual(["a/b", "linked/x/y"]);
    expect(keys.length).toBeLessThan(10);
  });
});

describe("what is being written", () => {
  it("is never listed, read or kept when its process is gone", async () => {
    const store = fileStore(folder);
    store.writeSync("sub/key", bytes);
    const mine = temporaryName("key");
    const host = /-([0-9a-z]+)-/.exec(mine)![1]!;
    const dead = `.key.${deadPid}-${host}-abc.cvtmp`;
    const foreign = ".key.1-elsewhere-abc.cvtmp";
    const oldForeign = ".key.1-elsewhere-old.cvtmp";
    for (const name of [mine, dead, foreign, oldForeign]) writeFileSync(join(folder, "sub", name), "half");
    utimesSync(join(folder, "sub", oldForeign), 1, 1);
    const keys = [];
    for await (const key of store.list("")) keys.push(key);
    expect(keys).toEqual(["sub/key"]);
    await fileStore(folder).write("sub/other", bytes);
    expect(readdirSync(join(folder, "sub")).sort()).toEqual([mine, foreign, "key", "other"].sort());
    expect(() => store.writeSync("sub/x.cvtmp", bytes)).toThrow(ArgumentError);
  });

  it("has a name that fits wherever the object's name fits", async () => {
    const long = "ü".repeat(120);
    await fileStore(folder).write(long, bytes);
    expect(fileStore(folder).readSync(long)?.bytes).toEqual(bytes);
    await expect(fileStore(folder).write("x".repeat(300), bytes)).rejects.toThrow(
      /longer than the file system/,
    );
  });

  it("vanishes when the writer is aborted", async () => {
    for (let n = 0; n < 14; n++) {
      const controller = new AbortController();
      const { fs, open } = watchedFileSystem((_name, index) => void (index === n && controller.abort()));
      const store = fileStore(folder, { fs });
      const write = store.write("key", new Uint8Array(20 << 20), { signal: controller.signal });
      await write.catch((error: unknown) => expect(error).toBeInstanceOf(AbortError));
      const left = readdirSync(folder);
      expect(left.filter((name) => name !== "key")).toEqual([]);
      if (left.length > 0) expect(fileStore(folder).readSync("key")?.totalSize).toBe(20 << 20);
      expect(open.size).toBe(0);
      rmSync(join(folder, "key"), { force: true });
    }
  });

  it("survives that its folder is removed meanwhile", async () => {
    const store = fileStore(folder);
    await store.write("sub/a", bytes);
    rmSync(join(folder, "sub"), { recursive: true });
    await store.write("sub/b", bytes);
    rmSync(join(folder, "sub"), { recursive: true });
    store.writeSync("sub/c", bytes);
    expect(readdirSync(join(folder, "sub"))).toEqual(["c"]);
  });

  it("breaks a lock that a dead process left", async () => {
    const lock = join(folder, ".key.cvlock");
    writeFileSync(lock, "");
    utimesSync(lock, 1, 1);
    await fileStore(folder).write("key", bytes, { ifVersion: null });
    expect(readdirSync(folder)).toEqual(["key"]);
  });
});

describe("durability", () => {
  const data = "open write fsync fstat close";
  const look = "stat stat stat stat stat rename";
  const syncFolder = "open fsync close";

  it.each([
    ["full", `${data} ${look} ${syncFolder}`],
    ["data", `${data} ${look}`],
    ["none", `open write fstat close ${look}`],
  ] as const)("%s makes these calls", async (durability, expected) => {
    const { fs, calls } = watchedFileSystem();
    const store = fileStore(folder, { fs, durability });
    store.writeSync("a", bytes);
    calls.length = 0;
    store.writeSync("b", bytes);
    expect(names(calls)).toBe(expected);
    calls.length = 0;
    await store.write("c", bytes);
    expect(names(calls)).toBe(expected);
  });

  it("full syncs a folder again once a twin is gone, and folders above new ones", async () => {
    const { fs, calls } = watchedFileSystem();
    const store = fileStore(folder, { fs });
    await store.write("x/y/key", bytes, { compression: "gzip" });
    const synced = calls
      .filter((c, i) => c.name === "open" && calls[i + 1]?.name === "fsync")
      .map((c) => c.args[0]);
    expect(synced).toEqual([join(folder, "x"), folder, join(folder, "x/y")]);
    calls.length = 0;
    await store.write("x/y/key", bytes);
    expect(names(calls)).toBe(`${data} ${look} ${syncFolder} unlink ${syncFolder}`);
  });

  it("data syncs each folder once, when asked to", async () => {
    const { fs, calls } = watchedFileSystem();
    const store = fileStore(folder, { fs, durability: "data" });
    for (let i = 0; i < 5; i++) await store.write(`sub/${i}`, bytes);
    calls.length = 0;
    await store.flush();
    expect(calls.filter((c) => c.name === "open").map((c) => c.args[0])).toEqual([
      folder,
      join(folder, "sub"),
    ]);
    calls.length = 0;
    await store.close();
    expect(calls).toEqual([]);
  });

  it("full lets writers at the same time share a sync of their folder", async () => {
    const { fs, calls } = watchedFileSystem();
    const store = fileStore(folder, { fs });
    await store.write("first", bytes);
    calls.length = 0;
    await Promise.all(Array.from({ length: 30 }, (_, i) => store.write(`k${i}`, bytes)));
    const syncs = calls.filter((c) => c.name === "open" && c.args[0] === folder).length;
    expect(syncs).toBeGreaterThan(0);
    expect(syncs).toBeLessThan(30);
  });

  it("tells another thread how to open the store", () => {
    expect(fileStore(folder).spec).toEqual({ kind: "file", path: folder });
    const options = { root, durability: "none" } as const;
    const spec = fileStore(folder, options).spec;
    expect(spec).toEqual({ kind: "file", path: folder, options });
    expect(fileStore(spec!.path, spec!.options).spec).toEqual(spec);
  });
});
