// SPDX-License-Identifier: Apache-2.0
// The digests of OpenSSL's libcrypto, as Swift imports them.
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
