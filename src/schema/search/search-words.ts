import { stemmer } from "stemmer";
import { SYNONYMS } from "./search-synonyms.ts";

/** Words whose ending carries their sense: the stemmer would take them for another word. */
const IRREGULAR: Readonly<Record<string, string>> = {
  settings: "config",
  setting: "config",
  lvs: "lvm",
  vgs: "volumegroup",
  pvs: "lvm",
  mons: "mon",
  terminal: "terminal",
  terminals: "terminal",
};

/** Words that say nothing about what is wanted. */
const FILLER = new Set(
  `a an the my our your its it i me we you they he this that these those there here is are am be been being was
  were do does did done has have had can could should would will shall may might must want need like please let
  to of in on at by for from with into onto as and or but if so than then how what which where when why whose
  just now also very really some any each per via using use used about over under up down out off too own
  s t d ll re ve pve proxmox`.split(/\s+/),
);
/** Filler that is a word of its own when the index has it as part of a path (`ceph/osd/{osdid}/out`). */
const KEPT = new Set(["in", "out", "up", "down", "where", "who"]);
/** What stands between the words of a phrase: `reboot the host`. */
const ARTICLES = new Set(["a", "an", "the", "my", "our", "your", "its", "this", "that", "s"]);

const stems = new Map<string, string>();

/** The stem of one lower-case word: `migrating`, `migration` and `migrate` share it. */
export function stem(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const irregular = Object.hasOwn(IRREGULAR, word) ? IRREGULAR[word] : undefined;
  const found = irregular ?? (/\d/.test(word) ? word : stemmer(word));
  stems.set(word, found);
  return found;
}

/** The raw words of a text, in lower case: letters and digits, without a possessive s. */
export const split = (text: string): string[] =>
  text
    .toLowerCase()
    .replace(/['’](?=s\b)/g, " ")
    .match(/[a-z0-9]+/g) ?? [];

interface Phrase {
  readonly words: readonly string[];
  readonly meaning: string;
}
/** Phrases by their first stem, longest first; made at first use. */
let phrases: Map<string, Phrase[]> | undefined;

function phraseTable(): Map<string, Phrase[]> {
  if (phrases) return phrases;
  phrases = new Map();
  for (const row of SYNONYMS) {
    const meaning = row[0] ?? "";
    for (const entry of row) {
      const words = split(entry)
        .filter((word) => !ARTICLES.has(word) || entry.length <= word.length)
        .map(stem);
      const first = words[0] ?? "";
      const known = phrases.get(first) ?? [];
      known.push({ words, meaning: stem(meaning) });
      phrases.set(first, known);
    }
  }
  for (const known of phrases.values()) known.sort((a, b) => b.words.length - a.words.length);
  return phrases;
}

/** A word of a text in the form the index compares, with the raw word it began with and its place. */
export interface Word {
  readonly text: string;
  readonly raw: string;
  readonly at: number;
}

/**
 * The words of a text as the index compares them: stems, each phrase of `SYNONYMS` as one word, filler and bare
 * numbers left out.
 */
export function wordsOf(text: string): Word[] {
  const raw = split(text).filter((word) => !ARTICLES.has(word));
  const stemmed = raw.map(stem);
  const table = phraseTable();
  const words: Word[] = [];
  for (let at = 0; at < raw.length; ) {
    const first = stemmed[at] ?? "";
    const word = raw[at] ?? "";
    const start = at;
    const phrase = table
      .get(first)
      ?.find(({ words: parts }) => parts.every((part, offset) => stemmed[start + offset] === part));
    if (phrase) {
      words.push({ text: phrase.meaning, raw: word, at });
      at += phrase.words.length;
      continue;
    }
    if ((!FILLER.has(word) || KEPT.has(word)) && !/^\d+$/.test(word))
      words.push({ text: first, raw: word, at });
    at += 1;
  }
  return words;
}
