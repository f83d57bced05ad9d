// The heavy part of train-dictionary: optimal DEFLATE parses against a preset dictionary. Whole numbers only, so that every
// machine finds the same dictionary.
// usage: dictionary train CANDIDATES SAMPLES OUT LIMIT ROUNDS — chooses and orders candidates by the bits they really save
//        dictionary measure SAMPLES DICTIONARY LITERALS — prints bits of every sample, whole and up to its short end
// CANDIDATES: records of a 32-bit little-endian length and compact text, the supposedly most used last.
// SAMPLES: records of two such lengths (whole, short) and compact text. LITERALS: gets a byte for each byte of all samples, 1 where
// it is written as a literal.
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 32768, SHORTEST = 3, LONGEST = 258, HASHES = 1 << 16, LITERALS = 286, DISTANCES = 30, SHRINK = 20 };

typedef struct { uint8_t *bytes; int count; } Text;
typedef struct { int length, distance; } Step;  // distance 0: literals
typedef struct { Step *at; int count, room; } Steps;

static const int lengthBase[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                   31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const int lengthExtra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const int distanceBase[30] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
                                     193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
static int lengthCode[LONGEST + 1], distanceCode[WINDOW + 1];

static void die(const char *what) {
    fprintf(stderr, "dictionary: %s failed\n", what);
    exit(1);
}

static void *room(size_t count, size_t size) {
    void *memory = calloc(count ? count : 1, size);
    if (memory == NULL) die("calloc");
    return memory;
}

static Text contents(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) die(path);
    long size = ftell(file);
    rewind(file);
    Text text = {room((size_t)size, 1), (int)size};
    if (fread(text.bytes, 1, (size_t)size, file) != (size_t)size) die(path);
    fclose(file);
    return text;
}

static int number(const uint8_t *p) { return p[0] | p[1] << 8 | p[2] << 16 | p[3] << 24; }

static Text *records(const char *path, int *count, int **shorts) {
    Text all = contents(path);
    Text *list = room((size_t)all.count / 4 + 1, sizeof *list);
    if (shorts != NULL) *shorts = room((size_t)all.count / 8 + 1, sizeof **shorts);
    *count = 0;
    for (int i = 0; i < all.count;) {
        int size = number(all.bytes + i);
        i += 4;
        if (shorts != NULL) (*shorts)[*count] = number(all.bytes + i), i += 4;
        list[(*count)++] = (Text){all.bytes + i, size};
        i += size;
    }
    return list;
}

// Costs in bits of literals, lengths and distance codes.
typedef struct { int literal[LITERALS], distance[DISTANCES]; } Costs;

static Costs fixedCosts(void) {
    Costs costs;
    for (int i = 0; i < LITERALS; i++) costs.literal[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    for (int i = 0; i < DISTANCES; i++) costs.distance[i] = 5;
    return costs;
}

static int extraBits(int code) { return code < 4 ? 0 : code / 2 - 1; }

// Where strings of three bytes occur, in chains from the last to the first.
typedef struct { int *last, *before; } Places;

static int hash(const uint8_t *p) { return (p[0] << 8 ^ p[1] << 4 ^ p[1] >> 4 << 12 ^ p[2] * 0x9E5) & (HASHES - 1); }

static Places places(int count) {
    Places index = {room(HASHES, sizeof(int)), room((size_t)count, sizeof(int))};
    for (int i = 0; i < HASHES; i++) index.last[i] = -1;
    return index;
}

static void place(Places *index, const uint8_t *bytes, int at) {
    int h = hash(bytes + at);
    index->before[at] = index->last[h];
    index->last[h] = at;
}

// A dictionary followed by one sample after the other.
typedef struct {
    uint8_t *bytes;
    int size;    // of the dictionary
    int *owner;  // of each byte of the dictionary: its candidate; NULL when measuring
    Places dictionary, sample;
} Ground;

static Ground ground(Text dictionary, int *owner, int longest) {
    Ground g = {room((size_t)(dictionary.count + longest) + 4, 1), dictionary.count, owner, places(dictionary.count), places(longest)};
    memcpy(g.bytes, dictionary.bytes, (size_t)dictionary.count);
    for (int i = 0; i + 2 < dictionary.count; i++) place(&g.dictionary, g.bytes, i);
    return g;
}

static void freeGround(Ground *g) {
    free(g->bytes), free(g->dictionary.last), free(g->dictionary.before), free(g->sample.last), free(g->sample.before);
}

static void enter(Ground *g, Text sample) {
    memcpy(g->bytes + g->size, sample.bytes, (size_t)sample.count);
    for (int i = 0; i + 2 < sample.count; i++) place(&g->sample, sample.bytes, i);
}

static void leave(Ground *g, Text sample) {
    for (int i = 0; i + 2 < sample.count; i++) g->sample.last[hash(sample.bytes + i)] = -1;
}

// Longer and longer matches of the text at `at` (of the sample) up to `end`, each with the nearest place, none in `without`.
static int matches(const Ground *g, int at, int end, int without, int window, Step *found) {
    const uint8_t *bytes = g->bytes, *here = bytes + g->size + at;
    int most = end - at < LONGEST ? end - at : LONGEST, best = SHORTEST - 1, count = 0;
    if (most < SHORTEST) return 0;
    int h = hash(here);
    // Inside the sample, then over the edge, then inside the dictionary: nearest first.
    int q = g->sample.last[h], stage = 0;
    while (best < most) {
        if (stage == 0) {
            while (q >= at) q = g->sample.before[q];
            if (q < 0) stage = 1, q = g->size - 1;
        }
        int from;
        if (stage == 0) {
            from = g->size + q;
            q = g->sample.before[q];
        } else if (stage == 1) {
            if (q < 0 || q < g->size - 2) {
                stage = 2, q = g->dictionary.last[h];
                continue;
            }
            from = q--;
        } else {
            if (q < 0) break;
            from = q;
            q = g->dictionary.before[q];
        }
        int distance = g->size + at - from;
        if (distance > window) break;
        if (from < g->size && g->owner != NULL && g->owner[from] == without) continue;
        if (bytes[from + best] != here[best]) continue;
        int length = 0;
        while (length < most && bytes[from + length] == here[length]) length++;
        if (length > best) best = length, found[count++] = (Step){length, distance};
    }
    return count;
}

// The cheapest way to every place of a sample: cost[i] bits for the first i bytes, from[i] the last step there.
static void parse(Text sample, const Step *found, const int *first, const Costs *costs, int *cost, Step *from) {
    for (int i = 1; i <= sample.count; i++) cost[i] = INT_MAX;
    cost[0] = 0;
    for (int i = 0; i < sample.count; i++) {
        int literal = cost[i] + costs->literal[sample.bytes[i]];
        if (literal < cost[i + 1]) cost[i + 1] = literal, from[i + 1] = (Step){1, 0};
        int length = SHORTEST;
        for (int m = first[i]; m < first[i + 1]; m++) {
            int d = found[m].distance, code = d > WINDOW ? 29 : distanceCode[d];
            int there = cost[i] + costs->distance[code] + extraBits(code);
            for (; length <= found[m].length; length++) {
                int c = there + costs->literal[257 + lengthCode[length]] + lengthExtra[lengthCode[length]];
                if (c < cost[i + length]) cost[i + length] = c, from[i + length] = (Step){length, d};
            }
        }
    }
}

static int longestOf(const Text *texts, int count) {
    int longest = 0;
    for (int i = 0; i < count; i++) longest = texts[i].count > longest ? texts[i].count : longest;
    return longest;
}

// Training

typedef struct {
    Text text;
    long gain, hits;  // bits saved beside what the others could do; matches beginning here, 1,024 each
    int rank;         // place in the order given
} Candidate;

static int byGain(const void *a, const void *b) {
    const Candidate *x = *(Candidate *const *)a, *y = *(Candidate *const *)b;
    __int128 l = (__int128)x->gain * y->text.count, r = (__int128)y->gain * x->text.count;
    return l > r ? -1 : l < r ? 1 : x->rank > y->rank ? -1 : x->rank < y->rank;
}

static int byHits(const void *a, const void *b) {
    const Candidate *x = *(Candidate *const *)a, *y = *(Candidate *const *)b;
    __int128 l = (__int128)x->hits * y->text.count, r = (__int128)y->hits * x->text.count;
    return l < r ? -1 : l > r ? 1 : x->rank < y->rank ? -1 : x->rank > y->rank;
}

static Text joined(Candidate **order, int count, int **owner) {
    Text text = {NULL, 0};
    for (int i = 0; i < count; i++) text.count += order[i]->text.count;
    text.bytes = room((size_t)text.count, 1);
    *owner = room((size_t)text.count, sizeof **owner);
    int at = 0;
    for (int i = 0; i < count; i++) {
        memcpy(text.bytes + at, order[i]->text.bytes, (size_t)order[i]->text.count);
        for (int j = 0; j < order[i]->text.count; j++) (*owner)[at++] = i;
    }
    return text;
}

// What a stretch that one match covers would cost without the candidate that the match is in.
static int otherwise(const Ground *g, Text sample, int start, int length, int without, const Costs *costs, Step *found, int *first,
                     int *cost, Step *from) {
    int count = 0;
    for (int i = 0; i < length; i++) {
        first[i] = count;
        count += matches(g, start + i, start + length, without, INT_MAX, found + count);
    }
    first[length] = count;
    parse((Text){sample.bytes + start, length}, found, first, costs, cost, from);
    return cost[length];
}

static void measureUse(Candidate **order, int count, const Text *samples, const int *shorts, int sampleCount) {
    Costs fixed = fixedCosts(), *costs = &fixed;
    int *owner, longest = longestOf(samples, sampleCount);
    Text dictionary = joined(order, count, &owner);
    Ground g = ground(dictionary, owner, longest);
    // Half of the hits of the rounds before count on, or two places of the same words would take turns.
    for (int i = 0; i < count; i++) order[i]->gain = 0, order[i]->hits /= 2;
    size_t most = (size_t)longest * 64 + 1024;
    Step *found = room(most, sizeof *found), *from = room((size_t)longest + 1, sizeof *from);
    Step *found2 = room(LONGEST * LONGEST, sizeof *found2), *from2 = room(LONGEST + 1, sizeof *from2);
    int *first = room((size_t)longest + 1, sizeof *first), *cost = room((size_t)longest + 1, sizeof *cost);
    int *first2 = room(LONGEST + 1, sizeof *first2), *cost2 = room(LONGEST + 1, sizeof *cost2);
    for (int s = 0; s < sampleCount; s++) {
        Text sample = samples[s];
        enter(&g, sample);
        int n = 0;
        for (int i = 0; i < sample.count; i++) {
            first[i] = n;
            if ((size_t)n + LONGEST > most) die("room for matches");
            n += matches(&g, i, sample.count, -1, INT_MAX, found + n);
        }
        first[sample.count] = n;
        parse(sample, found, first, costs, cost, from);
        for (int pass = 0; pass < 2; pass++) {
            int end = pass == 0 ? sample.count : shorts[s];
            while (end > 0) {
                Step step = from[end];
                int start = end - step.length, place = g.size + start - step.distance;
                if (step.distance > 0 && place < g.size) {
                    Candidate *c = order[owner[place]];
                    int without = otherwise(&g, sample, start, step.length, owner[place], costs, found2, first2, cost2, from2);
                    int saved = without - (cost[end] - cost[start]);
                    c->gain += saved > 0 ? saved : 0;
                    c->hits += 1024;
                }
                end = start;
            }
        }
        leave(&g, sample);
    }
    free(found), free(from), free(found2), free(from2), free(first), free(cost), free(first2), free(cost2), free(owner);
    freeGround(&g), free(dictionary.bytes);
}

static int sizeOf(Candidate **order, int count) {
    int size = 0;
    for (int i = 0; i < count; i++) size += order[i]->text.count;
    return size;
}

static void train(const char *candidatePath, const char *samplePath, const char *out, int limit, int rounds) {
    int count, sampleCount, *shorts;
    Text *texts = records(candidatePath, &count, NULL), *samples = records(samplePath, &sampleCount, &shorts);
    Candidate *candidates = room((size_t)count, sizeof *candidates), **order = room((size_t)count, sizeof *order);
    for (int i = 0; i < count; i++) candidates[i] = (Candidate){texts[i], 0, 0, i}, order[i] = candidates + i;
    while (1) {
        measureUse(order, count, samples, shorts, sampleCount);
        if (sizeOf(order, count) <= limit && rounds-- == 0) break;
        // What is dropped makes what is left worth more: a little at a time.
        qsort(order, (size_t)count, sizeof *order, byGain);
        while (count > 0 && order[count - 1]->gain <= 0 && order[count - 1]->hits == 0) count--;
        int size = sizeOf(order, count), goal = size - size / SHRINK;
        if (goal < limit) goal = limit;
        while (count > 0 && size > goal) size -= order[--count]->text.count;
        qsort(order, (size_t)count, sizeof *order, byHits);
    }
    int *owner;
    Text dictionary = joined(order, count, &owner);
    FILE *file = fopen(out, "wb");
    if (file == NULL || fwrite(dictionary.bytes, 1, (size_t)dictionary.count, file) != (size_t)dictionary.count || fclose(file) != 0) die(out);
}

// Measuring

// Lengths of at most `most` bits for a Huffman code (package-merge).
static void huffman(const int *frequency, int count, int most, int *lengths) {
    typedef struct { long weight; uint16_t symbols[LITERALS]; } Package;
    int used[LITERALS], n = 0;
    memset(lengths, 0, (size_t)count * sizeof *lengths);
    for (int i = 0; i < count; i++)
        if (frequency[i] > 0) {
            int j = n++;
            for (; j > 0 && frequency[used[j - 1]] > frequency[i]; j--) used[j] = used[j - 1];
            used[j] = i;
        }
    if (n == 0) return;
    if (n == 1) {
        lengths[used[0]] = 1;
        return;
    }
    Package *now = room(2 * LITERALS, sizeof *now), *next = room(2 * LITERALS, sizeof *next);
    int size = 0;
    for (int level = 0; level < most; level++) {
        int pairs = size / 2, leaf = 0, pair = 0, made = 0;
        while (leaf < n || pair < pairs) {
            long weight = pair < pairs ? now[2 * pair].weight + now[2 * pair + 1].weight : LONG_MAX;
            Package *p = next + made++;
            if (leaf < n && frequency[used[leaf]] <= weight) {
                memset(p, 0, sizeof *p);
                p->weight = frequency[used[leaf]], p->symbols[used[leaf++]] = 1;
            } else {
                p->weight = weight;
                for (int i = 0; i < count; i++) p->symbols[i] = now[2 * pair].symbols[i] + now[2 * pair + 1].symbols[i];
                pair++;
            }
        }
        Package *old = now;
        now = next, next = old, size = made;
    }
    for (int i = 0; i < 2 * n - 2; i++)
        for (int j = 0; j < count; j++) lengths[j] += now[i].symbols[j];
    free(now), free(next);
}

static int headerBits(const int *literal, const int *distance) {
    int literals = LITERALS, distances = DISTANCES, all[LITERALS + DISTANCES], n = 0;
    while (literals > 257 && literal[literals - 1] == 0) literals--;
    while (distances > 1 && distance[distances - 1] == 0) distances--;
    for (int i = 0; i < literals; i++) all[n++] = literal[i];
    for (int i = 0; i < distances; i++) all[n++] = distance[i];
    int frequency[19] = {0}, lengths[19], bits = 14, order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    for (int i = 0; i < n;) {
        int run = 1, value = all[i];
        while (i + run < n && all[i + run] == value) run++;
        i += run;
        if (value != 0) frequency[value]++, run--;
        int longest = value == 0 ? 138 : 6;
        while (run >= SHORTEST) {
            int part = run < longest ? run : longest, code = value != 0 ? 16 : part < 11 ? 17 : 18;
            frequency[code]++, bits += code == 16 ? 2 : code == 17 ? 3 : 7, run -= part;
        }
        frequency[value] += run;
    }
    huffman(frequency, 19, 7, lengths);
    int shown = 19;
    while (shown > 4 && lengths[order[shown - 1]] == 0) shown--;
    for (int i = 0; i < 19; i++) bits += frequency[i] * lengths[i];
    return bits + 3 * shown;
}

static void stepsTo(int end, const Step *from, Step *steps, int *count) {
    *count = 0;
    for (int i = end; i > 0; i -= from[i].length) steps[(*count)++] = from[i];
    for (int i = 0; i < *count / 2; i++) {
        Step t = steps[i];
        steps[i] = steps[*count - 1 - i], steps[*count - 1 - i] = t;
    }
}

// Bits of the best of fixed codes and, from pass to pass, codes made for the sample; the steps of the best one.
static int best(Text sample, const Step *found, const int *first, int *cost, Step *from, Step *steps, int *stepCount) {
    Costs costs = fixedCosts();
    parse(sample, found, first, &costs, cost, from);
    int bits = cost[sample.count] + 10, count;
    stepsTo(sample.count, from, steps, stepCount);
    if (sample.count < 100) return bits;
    Step *now = room((size_t)sample.count + 1, sizeof *now);
    stepsTo(sample.count, from, now, &count);
    for (int pass = 0; pass < 6; pass++) {
        int literals[LITERALS] = {0}, distances[DISTANCES] = {0};
        Costs own;
        literals[256] = 1;
        for (int i = 0, at = 0; i < count; at += now[i++].length) {
            if (now[i].distance == 0) literals[sample.bytes[at]]++;
            else literals[257 + lengthCode[now[i].length]]++, distances[distanceCode[now[i].distance]]++;
        }
        huffman(literals, LITERALS, 15, own.literal);
        huffman(distances, DISTANCES, 15, own.distance);
        int total = 3 + headerBits(own.literal, own.distance) + own.literal[256];
        for (int i = 0, at = 0; i < count; at += now[i++].length) {
            if (now[i].distance == 0) {
                total += own.literal[sample.bytes[at]];
            } else {
                int l = lengthCode[now[i].length], d = distanceCode[now[i].distance];
                total += own.literal[257 + l] + lengthExtra[l] + own.distance[d] + extraBits(d);
            }
        }
        if (total < bits) {
            bits = total, *stepCount = count;
            memcpy(steps, now, (size_t)count * sizeof *now);
        } else if (pass > 1) {
            break;
        }
        for (int i = 0; i < LITERALS; i++)
            if (own.literal[i] == 0) own.literal[i] = 12;
        for (int i = 0; i < DISTANCES; i++)
            if (own.distance[i] == 0) own.distance[i] = 9;
        parse(sample, found, first, &own, cost, from);
        stepsTo(sample.count, from, now, &count);
    }
    free(now);
    return bits;
}

static void measure(const char *samplePath, const char *dictionaryPath, const char *literalPath) {
    int count, *shorts;
    Text *samples = records(samplePath, &count, &shorts), dictionary = contents(dictionaryPath);
    int longest = longestOf(samples, count);
    Ground g = ground(dictionary, NULL, longest);
    size_t most = (size_t)longest * 64 + 1024;
    Step *found = room(most, sizeof *found), *from = room((size_t)longest + 1, sizeof *from), *steps = room((size_t)longest + 1, sizeof *steps);
    int *first = room((size_t)longest + 1, sizeof *first), *cost = room((size_t)longest + 1, sizeof *cost), stepCount;
    uint8_t *literal = room((size_t)longest + 1, 1);
    FILE *file = fopen(literalPath, "wb");
    if (file == NULL) die(literalPath);
    for (int s = 0; s < count; s++) {
        int bits[2];
        for (int pass = 0; pass < 2; pass++) {
            Text sample = {samples[s].bytes, pass == 0 ? samples[s].count : shorts[s]};
            enter(&g, sample);
            int n = 0;
            for (int i = 0; i < sample.count; i++) {
                first[i] = n;
                if ((size_t)n + LONGEST > most) die("room for matches");
                n += matches(&g, i, sample.count, -1, WINDOW, found + n);
            }
            first[sample.count] = n;
            bits[pass] = best(sample, found, first, cost, from, steps, &stepCount);
            if (pass == 0) {
                for (int i = 0, at = 0; i < stepCount; at += steps[i++].length)
                    memset(literal + at, steps[i].distance == 0, (size_t)steps[i].length);
                fwrite(literal, 1, (size_t)sample.count, file);
            }
            leave(&g, sample);
        }
        printf("%d %d\n", bits[0], bits[1]);
    }
    if (fclose(file) != 0) die(literalPath);
}

int main(int count, char **arguments) {
    for (int length = SHORTEST, code = 0; length <= LONGEST; length++) {
        while (code < 28 && lengthBase[code + 1] <= length) code++;
        lengthCode[length] = code;
    }
    for (int distance = 1, code = 0; distance <= WINDOW; distance++) {
        while (code < 29 && distanceBase[code + 1] <= distance) code++;
        distanceCode[distance] = code;
    }
    if (count == 7 && strcmp(arguments[1], "train") == 0) {
        train(arguments[2], arguments[3], arguments[4], atoi(arguments[5]), atoi(arguments[6]));
    } else if (count == 5 && strcmp(arguments[1], "measure") == 0) {
        measure(arguments[2], arguments[3], arguments[4]);
    } else {
        fprintf(stderr, "usage: dictionary train CANDIDATES SAMPLES OUT LIMIT ROUNDS | measure SAMPLES DICTIONARY LITERALS\n");
        return 64;
    }
}
