/*
 * encoding.c: files whose text is not UTF-8, by iconv. Only the encodings of a list are given to
 * iconv: a name from a file never reaches it, nor an encoding with shift states.
 */
#include "course/read/encoding.h"

#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define PROLOG_MAX 300u
#define PIECE 65536u

/* What iconv calls an encoding that a file declares; NULL if it is not on the list. Supersets stand
 * for what programs mean: they write GBK and call it GB2312. */
static const char *known(const char *name)
{
    static const char *const aliases[][2] = {{"shift_jis", "CP932"}, {"shift-jis", "CP932"},
        {"sjis", "CP932"}, {"x-sjis", "CP932"}, {"windows-31j", "CP932"}, {"cp932", "CP932"},
        {"gb2312", "GB18030"}, {"gbk", "GB18030"}, {"cp936", "GB18030"}, {"gb18030", "GB18030"},
        {"euc-jp", "EUC-JP"}, {"euc-kr", "EUC-KR"}, {"ks_c_5601-1987", "CP949"}, {"cp949", "CP949"},
        {"big5", "BIG5"}, {"koi8-r", "KOI8-R"}, {"koi8-u", "KOI8-U"}, {"cp437", "CP437"},
        {"cp850", "CP850"}, {"cp852", "CP852"}, {"cp866", "CP866"}, {"ibm437", "CP437"},
        {"ibm850", "CP850"}, {"ibm852", "CP852"}, {"ibm866", "CP866"}, {"macintosh", "MACINTOSH"},
        {"windows-874", "CP874"}, {"tis-620", "TIS-620"}, {"latin1", "ISO-8859-1"},
        {"latin2", "ISO-8859-2"}};
    static const char *const numbered[] = {"windows-125", "cp125"};
    static const char *const windows[] = {
        "CP1250", "CP1251", "CP1252", "CP1253", "CP1254", "CP1255", "CP1256", "CP1257", "CP1258"};
    static const char *const iso[] = {"ISO-8859-2", "ISO-8859-3", "ISO-8859-4", "ISO-8859-5",
        "ISO-8859-6", "ISO-8859-7", "ISO-8859-8", "ISO-8859-9", "ISO-8859-10", "ISO-8859-11",
        "ISO-8859-13", "ISO-8859-14", "ISO-8859-15", "ISO-8859-16"};

    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (strcasecmp(name, aliases[i][0]) == 0)
            return aliases[i][1];
    for (size_t i = 0; i < sizeof numbered / sizeof numbered[0]; i++) {
        size_t n = strlen(numbered[i]);

        if (strncasecmp(name, numbered[i], n) == 0 && name[n] >= '0' && name[n] <= '8' &&
            name[n + 1] == '\0')
            return windows[name[n] - '0'];
    }
    for (size_t i = 0; i < sizeof iso / sizeof iso[0]; i++)
        if (strcasecmp(name, iso[i]) == 0 ||
            (strncasecmp(name, "iso8859-", 8) == 0 && strcmp(name + 8, iso[i] + 9) == 0))
            return iso[i];
    return NULL;
}

/* Converts the bytes to UTF-8 at the end of `out`. Returns how many bytes were read: fewer than
 * `len` if the rest is not in that encoding, or does not fit into COURSE_FILE_MAX bytes. */
static size_t convert(const char *from, const char *bytes, size_t len, struct buf *out)
{
    iconv_t cd = iconv_open("UTF-8", from);
    char *in = (char *)(uintptr_t)bytes; /* iconv does not write there */
    size_t left = len;

    if (cd == (iconv_t)-1)
        return 0;
    while (left && out->len < COURSE_FILE_MAX) {
        char *to = buf_reserve(out, PIECE);
        size_t room = PIECE;
        size_t got = iconv(cd, &in, &left, &to, &room);

        out->len += PIECE - room;
        if (got == (size_t)-1 && errno != E2BIG)
            break;
    }
    (void)iconv_close(cd);
    *buf_reserve(out, 1) = '\0';
    return len - left;
}

const char *encoding_guess_text(const char *file, size_t len, struct buf *out, struct err *e)
{
    /* The first refuses a few bytes that Japanese and Chinese text has; the last takes any. */
    static const char *const guesses[][2] = {{"CP1252", "windows-1252"}, {"CP932", "Shift_JIS"},
        {"GB18030", "GBK"}, {"ISO-8859-1", "ISO-8859-1"}};

    for (size_t i = 0; i < sizeof guesses / sizeof guesses[0]; i++) {
        buf_clear(out);
        if (convert(guesses[i][0], file, len, out) == len)
            return guesses[i][1];
    }
    (void)err_set(
        e, ERR_TOO_LARGE, "The file is larger than %u MiB as UTF-8.", COURSE_FILE_MAX >> 20);
    return NULL;
}

int encoding_guess(const char *file, size_t len, struct draft *d, struct buf *out, struct err *e)
{
    const char *name = encoding_guess_text(file, len, out, e);

    if (!name)
        return -1;
    diagnostics_add(&d->notes, DIAGNOSTIC_WARNING, "encoding", NULL,
        "The file's text is not UTF-8. It was read as %s; look at the names.", name);
    return 0;
}

/* Finds the encoding that the XML declares: *at and *len are its name. False if there is none. */
static bool find_declared(const char *file, size_t size, const char **at, size_t *len)
{
    size_t prolog = size < PROLOG_MAX ? size : PROLOG_MAX;
    const char *end = memmem(file, prolog, "?>", 2);
    const char *key = end ? memmem(file, (size_t)(end - file), "encoding", 8) : NULL;
    const char *close;

    if (prolog < 5 || memcmp(file, "<?xml", 5) != 0 || !key)
        return false;
    key += 8;
    while (key < end && strchr(" \t\r\n=", *key) && *key)
        key++;
    if (*key != '"' && *key != '\'')
        return false;
    close = memchr(key + 1, *key, (size_t)(end - key - 1));
    if (!close)
        return false;
    *at = key + 1;
    *len = (size_t)(close - key - 1);
    return true;
}

/* Overwrites the declaration with blanks: the text is UTF-8 now, whatever it says. */
static void blank_declaration(struct buf *xml)
{
    const char *name;
    size_t len;
    char *key;

    if (!find_declared(xml->data, xml->len, &name, &len))
        return;
    key = memmem(xml->data, PROLOG_MAX < xml->len ? PROLOG_MAX : xml->len, "encoding", 8);
    memset(key, ' ', (size_t)(name + len + 1 - key));
}

/* Whether XML with this declaration can only be UTF-8: UTF-16 would not have been readable up to
 * here. */
static bool says_utf(const char *declared)
{
    return strncasecmp(declared, "UTF-16", 6) == 0 || strcasecmp(declared, "US-ASCII") == 0 ||
           strcasecmp(declared, "UTF8") == 0 || *declared == '\0';
}

/* XML that says, or must be taken to say, that it is UTF-8. */
static int mend_utf8(const char *file, size_t len, struct draft *d, struct buf *out, struct err *e)
{
    if (!utf8_valid(file, len))
        return encoding_guess(file, len, d, out, e);
    buf_add(out, file, len);
    return 0;
}

static size_t line_of(const char *file, size_t at)
{
    size_t line = 1;

    for (size_t i = 0; i < at; i++)
        line += file[i] == '\n';
    return line;
}

int encoding_mend_xml(const char *file, size_t len, struct draft *d, struct buf *out, struct err *e)
{
    char declared[64] = "UTF-8";
    const char *name;
    const char *from;
    size_t n;

    if (len > 1 && file[1] == '\0')
        return 0; /* UTF-16, which the parser reads */
    if (find_declared(file, len, &name, &n)) {
        n = n < sizeof declared ? n : sizeof declared - 1;
        memcpy(declared, name, n);
        declared[n] = '\0';
    }
    from = known(declared);
    if (from) {
        size_t done = convert(from, file, len, out);

        if (done < len)
            return err_set(e, ERR_INVALID,
                "The file says that it is %s, and line %zu is not. Save it as UTF-8.", declared,
                line_of(file, done));
    } else if (strcasecmp(declared, "UTF-8") == 0 ? !utf8_valid(file, len) : says_utf(declared)) {
        if (mend_utf8(file, len, d, out, e))
            return -1;
    } else if (strcasecmp(declared, "UTF-8") != 0 && strcasecmp(declared, "ISO-8859-1") != 0) {
        return err_set(e, ERR_INVALID,
            "The file says that its text is in the encoding \"%.63s\", which Trackside does not "
            "read. Save it as UTF-8.",
            declared);
    }
    if (out->len)
        blank_declaration(out);
    return 0;
}

int encoding_from_utf16(const char *file, size_t len, struct buf *out, struct err *e)
{
    const char *from = file[0] == '\xff' ? "UTF-16LE" : "UTF-16BE";

    if (convert(from, file + 2, len - 2, out) == len - 2)
        return 0;
    return err_set(e, ERR_INVALID, "The file begins like UTF-16, and is not.");
}
