// SPDX-License-Identifier: BSD-3-Clause
//
// Text formatting; contracts in printf.h. One conversion at a time is read into a struct, then
// printed.
#include "printf.h"

#include <stdbool.h>
#include <stdint.h>

#define DIGITS_MAX 20 // of 2^64 - 1 in decimal

struct output {
    char *text;
    size_t size;   // of text, NUL included
    size_t length; // of what was asked for so far, may be larger
};

struct conversion {
    bool left;
    bool zeros;
    bool upper;
    int width;
    int precision; // < 0: none given
    int length;    // 64: l, ll, z; 32: none; 16: h; 8: hh
};

static void put(struct output *out, char c)
{
    if (out->length + 1 < out->size) {
        out->text[out->length] = c;
    }
    out->length++;
}

static void pad(struct output *out, int count, char c)
{
    while (count-- > 0) {
        put(out, c);
    }
}

static void put_number(struct output *out, const struct conversion *conversion, uint64_t value,
                       unsigned int base, const char *prefix)
{
    const char *digits = conversion->upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char text[DIGITS_MAX];
    int count = 0;
    int used = 0;

    do {
        text[count++] = digits[value % base];
        value /= base;
    } while (value != 0);
    for (used = 0; prefix[used] != '\0'; used++) {
    }
    used += count;
    if (!conversion->left && !conversion->zeros) {
        pad(out, conversion->width - used, ' ');
    }
    for (; *prefix != '\0'; prefix++) {
        put(out, *prefix);
    }
    if (!conversion->left && conversion->zeros) {
        pad(out, conversion->width - used, '0');
    }
    while (count > 0) {
        put(out, text[--count]);
    }
    if (conversion->left) {
        pad(out, conversion->width - used, ' ');
    }
}

static bool printable(char c)
{
    return c >= ' ' && c <= '~';
}

static void put_string(struct output *out, const struct conversion *conversion, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    int used = 0;
    int count = 0;

    if (text == NULL) {
        text = "(null)";
    }
    while ((conversion->precision < 0 || count < conversion->precision) && text[count] != '\0') {
        used += printable(text[count]) ? 1 : 4;
        count++;
    }
    if (!conversion->left) {
        pad(out, conversion->width - used, ' ');
    }
    for (int i = 0; i < count; i++) {
        if (printable(text[i])) {
            put(out, text[i]);
        } else {
            put(out, '\\');
            put(out, 'x');
            put(out, digits[(unsigned char)text[i] >> 4]);
            put(out, digits[(unsigned char)text[i] & 0xf]);
        }
    }
    if (conversion->left) {
        pad(out, conversion->width - used, ' ');
    }
}

// A decimal number, or * for an argument
static const char *read_count(const char *format, int *count, va_list *args)
{
    if (*format == '*') {
        *count = va_arg(*args, int);
        return format + 1;
    }
    for (*count = 0; *format >= '0' && *format <= '9'; format++) {
        *count = *count < 10000 ? *count * 10 + (*format - '0') : *count;
    }
    return format;
}

// Reads flags, width, precision and length modifier; returns where the conversion letter is.
static const char *read_conversion(const char *format, struct conversion *conversion, va_list *args)
{
    *conversion = (struct conversion){ .precision = -1, .length = 32 };
    for (; *format == '-' || *format == '0'; format++) {
        conversion->left |= *format == '-';
        conversion->zeros |= *format == '0';
    }
    format = read_count(format, &conversion->width, args);
    if (conversion->width < 0) { // as in C: a negative * is the flag '-'
        conversion->left = true;
        conversion->width = conversion->width == INT32_MIN ? 0 : -conversion->width;
    }
    if (*format == '.') {
        format = read_count(format + 1, &conversion->precision, args);
    }
    for (; *format == 'l' || *format == 'z' || *format == 'h'; format++) {
        conversion->length = *format != 'h' ? 64 : conversion->length / 2;
    }
    return format;
}

static uint64_t read_unsigned(const struct conversion *conversion, va_list *args)
{
    if (conversion->length == 64) {
        return va_arg(*args, unsigned long);
    }
    return va_arg(*args, unsigned int) & (0xffffffffu >> (32 - conversion->length));
}

static void put_signed(struct output *out, const struct conversion *conversion, va_list *args)
{
    int64_t value = conversion->length == 64 ? va_arg(*args, long) : va_arg(*args, int);

    if (conversion->length < 32) {
        value = conversion->length == 16 ? (int16_t)value : (int8_t)value;
    }
    if (value < 0) {
        put_number(out, conversion, 0 - (uint64_t)value, 10, "-");
    } else {
        put_number(out, conversion, (uint64_t)value, 10, "");
    }
}

// Prints one conversion. False: a letter that is not known.
static bool put_conversion(struct output *out, char letter, struct conversion *conversion,
                           va_list *args)
{
    switch (letter) {
    case '%':
        put(out, '%');
        return true;
    case 'c': {
        char text[2] = { (char)va_arg(*args, int), '\0' };

        put_string(out, conversion, text);
        return true;
    }
    case 'd':
    case 'i':
        put_signed(out, conversion, args);
        return true;
    case 'u':
        put_number(out, conversion, read_unsigned(conversion, args), 10, "");
        return true;
    case 'X':
    case 'x':
        conversion->upper = letter == 'X';
        put_number(out, conversion, read_unsigned(conversion, args), 16, "");
        return true;
    case 'p':
        put_number(out, conversion, (uint64_t)(uintptr_t)va_arg(*args, void *), 16, "0x");
        return true;
    case 's':
        put_string(out, conversion, va_arg(*args, const char *));
        return true;
    default:
        return false;
    }
}

size_t printf_vformat(char *text, size_t size, const char *format, va_list args)
{
    struct output out = { text, size, 0 };
    struct conversion conversion;
    va_list copy;

    va_copy(copy, args);
    while (*format != '\0') {
        const char *start = format;

        if (*format != '%') {
            put(&out, *format++);
            continue;
        }
        format = read_conversion(format + 1, &conversion, &copy);
        if (*format != '\0' && put_conversion(&out, *format, &conversion, &copy)) {
            format++;
            continue;
        }
        for (; *start != '\0'; start++) {
            put(&out, *start);
        }
        break;
    }
    va_end(copy);
    if (size != 0) {
        text[out.length < size ? out.length : size - 1] = '\0';
    }
    return out.length;
}

size_t printf_format(char *text, size_t size, const char *format, ...)
{
    va_list args;
    size_t length;

    va_start(args, format);
    length = printf_vformat(text, size, format, args);
    va_end(args);
    return length;
}
