// The names of stores or indices as IndexedDB lists them (DOMStringList).

/** Names, sorted, with the two methods of a DOMStringList. */
export class NameList extends Array<string> {
  /** A list of these names in the order of their code units. */
  static fromNames(names: Iterable<string>): NameList {
    const list = new NameList();
    list.push(...[...names].sort());
    return list;
  }

  item(index: number): string | null {
    return this[index] ?? null;
  }

  contains(name: string): boolean {
    return this.includes(name);
  }
}
