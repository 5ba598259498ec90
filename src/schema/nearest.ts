import { distance } from "fastest-levenshtein";

/** Words longer than this are never misspelt names; comparing them would only cost time. */
const LONGEST = 100;

/** How many edits still count as a slip of the pen: a third of the word, two for the shortest. */
function tolerance(word: string): number {
  return Math.max(2, Math.floor(word.length / 3));
}

/** Underscores, dashes and case carry no meaning when names are compared. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_\s]/g, "");
}

/**
 * The candidates a mistyped word may have meant, best first.
 * Takes the word and the valid names; `count` is how many to return at most.
 */
export function nearestFew(word: string, candidates: Iterable<string>, count = 3): string[] {
  if (word === "" || word.length > LONGEST) return [];
  const wanted = plain(word);
  const limit = tolerance(wanted);
  const scored: { name: string; score: number }[] = [];
  for (const name of candidates) {
    const known = plain(name);
    let score = distance(wanted, known);
    // A word left out or added ("target" for "target-storage") is nearer than its length says.
    const [short, long] = wanted.length < known.length ? [wanted, known] : [known, wanted];
    if (short.length >= 3 && (long.startsWith(short) || long.endsWith(short)))
      score = Math.min(score, limit - 0.5);
    if (score <= limit) scored.push({ name, score });
  }
  return scored
    .sort((a, b) => a.score - b.score || distance(word, a.name) - distance(word, b.name))
    .slice(0, count)
    .map((entry) => entry.name);
}

/** The candidate a mistyped word most probably meant, or undefined when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  return nearestFew(word, candidates, 1)[0];
}
