package notice

import "strings"

// LanguageEnv is the environment variable that chooses the language before the
// system's own do.
const LanguageEnv = "MIANDAN_LANG"

// LanguageOf returns the language that the environment asks for: the first of
// MIANDAN_LANG, LC_ALL, LC_MESSAGES and LANG that is set decides, as in POSIX.
// Everything that is not Chinese is English. env is os.Getenv.
func LanguageOf(env func(string) string) Language {
	for _, name := range []string{LanguageEnv, "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env(name); v != "" {
			return ParseLanguage(v)
		}
	}
	return English
}

// ParseLanguage reads a language's name: zh, zh_CN.UTF-8, zh-Hans are Chinese,
// everything else is English.
func ParseLanguage(s string) Language {
	s = strings.ToLower(s)
	if s == "zh" || strings.HasPrefix(s, "zh_") || strings.HasPrefix(s, "zh-") || strings.HasPrefix(s, "zh.") {
		return Chinese
	}
	return English
}
