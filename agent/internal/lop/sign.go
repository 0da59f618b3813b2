package lop

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"strings"

	"miandan/agent/internal/secret"
)

// Algorithm is how a call is signed, in the platform's spelling.
type Algorithm string

// The algorithms. JD also lists sm3-salt, which its own kit does not sign with.
const (
	MD5Salt    Algorithm = "md5-salt"
	HMACMD5    Algorithm = "HMacMD5"
	HMACSHA1   Algorithm = "HMacSHA1"
	HMACSHA256 Algorithm = "HMacSHA256"
	HMACSHA512 Algorithm = "HMacSHA512"
)

// Algorithms lists them.
func Algorithms() []Algorithm {
	return []Algorithm{MD5Salt, HMACMD5, HMACSHA1, HMACSHA256, HMACSHA512}
}

// ErrAlgorithm reports an algorithm that is none of Algorithms.
var ErrAlgorithm = errors.New("no such algorithm of signature")

const version = "2.0"

// Call is what is signed of a call.
type Call struct {
	AppKey      string
	AppSecret   secret.Token
	AccessToken secret.Token
	Path        string
	Body        []byte // as it is sent, byte for byte
	Timestamp   string
}

// Sign returns the signature: the platform's fixed order of names and values,
// without anything between them, with the secret at both ends.
func (c Call) Sign(a Algorithm) (string, error) {
	key := c.AppSecret.Reveal()
	content := strings.Join([]string{
		key, "access_token", c.AccessToken.Reveal(), "app_key", c.AppKey, "method", c.Path,
		"param_json", string(c.Body), "timestamp", c.Timestamp, "v", version, key,
	}, "")
	if a == MD5Salt {
		sum := md5.Sum([]byte(content))
		return hex.EncodeToString(sum[:]), nil
	}
	sum, ok := map[Algorithm]func() hash.Hash{HMACMD5: md5.New, HMACSHA1: sha1.New, HMACSHA256: sha256.New, HMACSHA512: sha512.New}[a]
	if !ok {
		return "", ErrAlgorithm
	}
	mac := hmac.New(sum, []byte(key))
	mac.Write([]byte(content))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}
