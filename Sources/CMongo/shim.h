// SPDX-License-Identifier: Apache-2.0
// libmongoc and libbson: the client of MongoDB.
#include <mongoc/mongoc.h>

static inline uint32_t cmongo_length(const bson_t *document) { return document->len; }

// An element of a document without libbson's iterator, which wants wider memory than Swift gives. Its pointers lead into
// the document.
typedef struct {
    const char *key;
    uint32_t key_length;
    // Where it begins in its document.
    uint32_t offset;
    bson_type_t type;
    // An int32, an int64, a bool, or the milliseconds of a date.
    int64_t number;
    double real;
    // A text without its final zero, an embedded document or array, binary data, or the 12 bytes of an id.
    const uint8_t *bytes;
    uint32_t length;
} cmongo_element;

static inline void cmongo_read(bson_iter_t *iterator, cmongo_element *element) {
    element->key = bson_iter_key(iterator);
    element->key_length = bson_iter_key_len(iterator);
    element->offset = bson_iter_offset(iterator);
    element->type = bson_iter_type(iterator);
    element->number = 0;
    element->real = 0;
    element->bytes = NULL;
    element->length = 0;
    bson_subtype_t subtype;
    switch (element->type) {
    case BSON_TYPE_INT32: element->number = bson_iter_int32(iterator); break;
    case BSON_TYPE_INT64: element->number = bson_iter_int64(iterator); break;
    case BSON_TYPE_BOOL: element->number = bson_iter_bool(iterator); break;
    case BSON_TYPE_DATE_TIME: element->number = bson_iter_date_time(iterator); break;
    case BSON_TYPE_DOUBLE: element->real = bson_iter_double(iterator); break;
    case BSON_TYPE_UTF8: element->bytes = (const uint8_t *) bson_iter_utf8(iterator, &element->length); break;
    case BSON_TYPE_DOCUMENT: bson_iter_document(iterator, &element->length, &element->bytes); break;
    case BSON_TYPE_ARRAY: bson_iter_array(iterator, &element->length, &element->bytes); break;
    case BSON_TYPE_BINARY: bson_iter_binary(iterator, &subtype, &element->length, &element->bytes); break;
    case BSON_TYPE_OID:
        element->bytes = bson_iter_oid(iterator)->bytes;
        element->length = 12;
        break;
    default: break;
    }
}

// The element after `previous`, or the first where that is NULL: 1 where there is one, 0 at the end, -1 where the document
// is broken.
static inline int cmongo_next(
    const uint8_t *document, size_t length, const cmongo_element *previous, cmongo_element *element) {
    bson_iter_t iterator;
    size_t next = 4;
    if (previous == NULL) {
        if (!bson_iter_init_from_data(&iterator, document, length)) return -1;
    } else {
        if (!bson_iter_init_from_data_at_offset(
                &iterator, document, length, previous->offset, previous->key_length)) {
            return -1;
        }
        next = iterator.next_off;
    }
    // A zero is the end at the last byte alone; the library takes it for one anywhere.
    if (next >= length) return -1;
    if (document[next] == 0) return next == length - 1 ? 0 : -1;
    if (!bson_iter_next(&iterator)) return -1;
    cmongo_read(&iterator, element);
    return 1;
}

// Appends an element of a document under its own key, whatever its type.
static inline bool cmongo_append(
    bson_t *target, const uint8_t *document, size_t length, const cmongo_element *element) {
    bson_iter_t iterator;
    if (!bson_iter_init_from_data_at_offset(&iterator, document, length, element->offset, element->key_length)) {
        return false;
    }
    return bson_append_iter(target, NULL, 0, &iterator);
}

// Whether a document holds together to its last byte.
static inline bool cmongo_is_whole(const uint8_t *document, size_t length) {
    bson_t view;
    return bson_init_static(&view, document, length) && bson_validate(&view, BSON_VALIDATE_NONE, NULL);
}

// An update of one document, and how many its filter found.
static inline bool cmongo_update_one(
    mongoc_collection_t *collection, const bson_t *filter, const bson_t *update, const bson_t *options, int64_t *matched,
    bson_error_t *error) {
    bson_t reply;
    bson_iter_t iterator;
    bool is_done = mongoc_collection_update_one(collection, filter, update, options, &reply, error);
    *matched = is_done && bson_iter_init_find(&iterator, &reply, "matchedCount") ? bson_iter_as_int64(&iterator) : 0;
    bson_destroy(&reply);
    return is_done;
}

static inline const char *cmongo_words(const bson_error_t *error) { return error->message; }
