// The limit for reading the texts of a code: plain C and zlib, one stream made once, a dictionary set for each code.
// usage: inflate DICTIONARY STREAMS — hexadecimal raw DEFLATE streams, one a line; prints the median of microseconds a stream.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

enum { LONGEST = 8192, ROUNDS = 15, REPETITIONS = 8, MOST = 100000 };

static void die(const char *what) {
    fprintf(stderr, "inflate: %s failed\n", what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

int main(int count, char **arguments) {
    if (count != 3) die("usage: inflate DICTIONARY STREAMS;");
    static unsigned char dictionary[32768], stream[LONGEST / 2], output[49152];
    static char line[LONGEST];
    static double best[MOST];
    FILE *file = fopen(arguments[1], "rb");
    if (file == NULL) die(arguments[1]);
    uInt size = (uInt)fread(dictionary, 1, sizeof dictionary, file);
    fclose(file);
    FILE *streams = fopen(arguments[2], "r");
    if (streams == NULL) die(arguments[2]);
    z_stream state = {0};
    if (inflateInit2(&state, -15) != Z_OK) die("inflateInit2");
    size_t number = 0;
    for (; number < MOST && fgets(line, sizeof line, streams) != NULL; number++) {
        size_t length = strcspn(line, "\n") / 2;
        for (size_t index = 0; index < length; index++) {
            unsigned value;
            if (sscanf(line + 2 * index, "%2x", &value) != 1) die("reading hexadecimal");
            stream[index] = (unsigned char)value;
        }
        best[number] = 1e9;
        for (int round = 0; round < ROUNDS; round++) {
            double start = now();
            for (int repetition = 0; repetition < REPETITIONS; repetition++) {
                if (inflateReset(&state) != Z_OK) die("inflateReset");
                if (inflateSetDictionary(&state, dictionary, size) != Z_OK) die("inflateSetDictionary");
                state.next_in = stream;
                state.avail_in = (uInt)length;
                state.next_out = output;
                state.avail_out = sizeof output;
                if (inflate(&state, Z_FINISH) != Z_STREAM_END) die("inflate");
            }
            double time = (now() - start) / REPETITIONS;
            if (time < best[number]) best[number] = time;
        }
    }
    if (number == 0) die("finding a stream");
    qsort(best, number, sizeof best[0], compare);
    printf("%.3f\n", best[number / 2]);
    inflateEnd(&state);
    return 0;
}
