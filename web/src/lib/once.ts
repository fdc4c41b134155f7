import { freshKey } from "./key";

/**
 * What is sent again because no answer came is the same request, and has the same key: the server does it once. After an
 * edit it is another request, and so it is once it was done: what is sent then is meant to be done as well.
 */
export class Once {
  private kept: { said: string; key: string } | null = null;

  keyFor(...said: unknown[]): string {
    const text = JSON.stringify(said);
    if (this.kept?.said !== text) this.kept = { said: text, key: freshKey() };
    return this.kept.key;
  }

  done() {
    this.kept = null;
  }
}
