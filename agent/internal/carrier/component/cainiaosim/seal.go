package cainiaosim

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
)

// Key seals waybills as a platform does. Only the component with the same key
// opens them. What the platforms' own seals are made of is no business of this
// package's.
type Key [32]byte

// NewKey is the key of a name.
func NewKey(name string) Key { return sha256.Sum256([]byte("cainiaosim " + name)) }

// Seal returns the sealed content of a waybill as a platform's gateway gives it,
// for a component of this style.
func (k Key) Seal(s Style, waybill string) json.RawMessage {
	box := k.box()
	nonce := make([]byte, box.NonceSize())
	rand.Read(nonce)
	sealed := "AES:" + base64.StdEncoding.EncodeToString(box.Seal(nonce, nonce, []byte(waybill), nil))
	template, version := "templateURL", "waybill_print_secret_version_1"
	switch s.Name {
	case "pdd":
		template = "templateUrl"
	case "xiaohongshu":
		version = "waybill_print_xiaohongshu_secret"
	}
	// As text, so that what arrives can be held against it byte for byte.
	return json.RawMessage(`{ "encryptedData":"` + sealed + `","signature":"` + k.sign(sealed) + `",` +
		`"` + template + `":"https:\/\/template.example\/standard?code=76x130&v=<1>", "ver":"` + version + `" }`)
}

func (k Key) sign(sealed string) string {
	sum := hmac.New(sha256.New, k[:])
	sum.Write([]byte(sealed))
	return "MD:" + base64.StdEncoding.EncodeToString(sum.Sum(nil))
}

func (k Key) box() cipher.AEAD {
	block, err := aes.NewCipher(k[:])
	if err != nil {
		panic("cainiaosim: " + err.Error()) // the key has the right length
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		panic("cainiaosim: " + err.Error())
	}
	return box
}

func (k Key) open(sealed, signature string) (waybill string, ok bool) {
	if signature != k.sign(sealed) {
		return "", false
	}
	b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(sealed, "AES:"))
	box := k.box()
	if err != nil || len(b) < box.NonceSize() {
		return "", false
	}
	plain, err := box.Open(nil, b[:box.NonceSize()], b[box.NonceSize():], nil)
	return string(plain), err == nil
}
