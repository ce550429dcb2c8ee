/*
 * A security key in software, for tests: OpenSSH's middleware interface (PROTOCOL.u2f, sk-api.h version 10) with Ed25519.
 * The "key handle" is the private key itself, and nobody has to touch anything.
 */
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 0x000a0000
#define ED25519 1
#define KEY_BYTES 32
#define SIGNATURE_BYTES 64
#define FAILED -1

struct option;

struct enrolled {
  uint8_t flags;
  uint8_t *public_key; size_t public_key_len;
  uint8_t *key_handle; size_t key_handle_len;
  uint8_t *signature; size_t signature_len;
  uint8_t *attestation_cert; size_t attestation_cert_len;
  uint8_t *authdata; size_t authdata_len;
};

struct signed_data {
  uint8_t flags;
  uint32_t counter;
  uint8_t *sig_r; size_t sig_r_len;
  uint8_t *sig_s; size_t sig_s_len;
};

uint32_t sk_api_version(void) { return VERSION; }

int sk_enroll(uint32_t alg, const uint8_t *challenge, size_t challenge_len, const char *application, uint8_t flags,
              const char *pin, struct option **options, struct enrolled **answer) {
  (void)challenge; (void)challenge_len; (void)application; (void)pin; (void)options;
  if (alg != ED25519) return FAILED;
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
  struct enrolled *made = calloc(1, sizeof *made);
  if (key == NULL || made == NULL) return FAILED;
  made->flags = flags;
  made->public_key = malloc(made->public_key_len = KEY_BYTES);
  made->key_handle = malloc(made->key_handle_len = KEY_BYTES);
  made->signature = calloc(1, made->signature_len = SIGNATURE_BYTES);
  if (!EVP_PKEY_get_raw_public_key(key, made->public_key, &made->public_key_len)) return FAILED;
  if (!EVP_PKEY_get_raw_private_key(key, made->key_handle, &made->key_handle_len)) return FAILED;
  EVP_PKEY_free(key);
  *answer = made;
  return 0;
}

int sk_sign(uint32_t alg, const uint8_t *data, size_t data_len, const char *application, const uint8_t *key_handle,
            size_t key_handle_len, uint8_t flags, const char *pin, struct option **options,
            struct signed_data **answer) {
  (void)pin; (void)options;
  if (alg != ED25519 || key_handle_len != KEY_BYTES) return FAILED;
  const uint32_t counter = 1;
  uint8_t text[2 * SHA256_DIGEST_LENGTH + 5] = {0};
  SHA256((const uint8_t *)application, strlen(application), text);
  text[SHA256_DIGEST_LENGTH] = flags;
  text[SHA256_DIGEST_LENGTH + 4] = counter;
  SHA256(data, data_len, text + SHA256_DIGEST_LENGTH + 5);

  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key_handle, key_handle_len);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  struct signed_data *made = calloc(1, sizeof *made);
  if (key == NULL || context == NULL || made == NULL) return FAILED;
  made->flags = flags;
  made->counter = counter;
  made->sig_r = malloc(made->sig_r_len = SIGNATURE_BYTES);
  if (!EVP_DigestSignInit(context, NULL, NULL, NULL, key)) return FAILED;
  if (!EVP_DigestSign(context, made->sig_r, &made->sig_r_len, text, sizeof text)) return FAILED;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  *answer = made;
  return 0;
}

int sk_load_resident_keys(const char *pin, struct option **options, void ***keys, size_t *count) {
  (void)pin; (void)options; (void)keys; (void)count;
  return FAILED;
}
