package jdl

import (
	"context"
	"encoding/json"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/lop"
)

// ecapAnswer is how ECAP answers everything.
type ecapAnswer struct {
	Success jos.Text        `json:"success"`
	Code    jos.Text        `json:"code"`
	Message string          `json:"msg"`
	More    string          `json:"subMsg"`
	Data    json.RawMessage `json:"data"`
}

// ok takes 100 for success too, as one public client does.
func (a ecapAnswer) ok() bool {
	return (a.Code == "0" || a.Code == "100") && (a.Success == "" || a.Success.True())
}

// sorted returns the routing under the name that JD's open platform gives it.
// No public answer of ECAP holds one; it is read if it should come.
func (a ecapAnswer) sorted() *sorted {
	var data struct {
		Sorted *sorted `json:"preSortResult"`
	}
	if json.Unmarshal(a.Data, &data) != nil {
		return nil
	}
	return data.Sorted
}

func (a ecapAnswer) words() string {
	if a.More == "" {
		return a.Message
	}
	return a.Message + "：" + a.More
}

func (e *ECAP) ask(ctx context.Context, path string, argument any) (ecapAnswer, error) {
	var a ecapAnswer
	err := e.Client.Call(ctx, e.api(path), argument, &a)
	return a, err
}

func (e *ECAP) api(path string) lop.API {
	if e.Domain == "" {
		return lop.API{Domain: "ECAP", Path: path}
	}
	return lop.API{Domain: e.Domain, Path: path}
}
