/** Lets timers, sockets and other requests have their turn in a long piece of synchronous work. */
export function nextTurn(): Promise<void> {
  return new Promise((resume) => {
    if (typeof setImmediate === "function") setImmediate(resume);
    else setTimeout(resume, 0);
  });
}
