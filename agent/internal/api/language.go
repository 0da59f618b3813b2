package api

import (
	"net/http"

	"golang.org/x/text/language"

	"miandan/agent/internal/notice"
)

// LanguageOf returns the language that a request asks for, or the station's
// own if it asks for none that we speak.
func LanguageOf(r *http.Request, station notice.Language) notice.Language {
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return station
	}
	for _, t := range tags {
		switch base, _ := t.Base(); base.String() {
		case "zh":
			return notice.Chinese
		case "en":
			return notice.English
		}
	}
	return station
}

func header(l notice.Language) string {
	if l == notice.Chinese {
		return "zh-CN"
	}
	return "en"
}
