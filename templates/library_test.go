package templates_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"miandan/templates"
)

func TestAFolderOverridesAndAdds(t *testing.T) {
	const rest = "page: {w: 60, h: 40}\nelements:\n- {text: \"{order} {copy}\", at: {x: 3, y: 3, w: 50, h: 9}, size: 3}\n"
	dir := folder(t, map[string]string{
		"wujie-76x130.yaml": "title: mine\n" + rest,
		"small.yaml":        rest,
		"notes.txt":         "no layout",
	})
	builtin, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	library, err := builtin.With(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := append(builtin.Names(), "small")
	slices.Sort(want)
	if got := library.Names(); !slices.Equal(got, want) {
		t.Errorf("Names = %v, want %v", got, want)
	}
	if mine, err := library.Get("wujie-76x130"); err != nil || mine.Title() != "mine" {
		t.Errorf("the folder's layout does not override: %v", err)
	}
	small, err := library.Get("small")
	if err != nil {
		t.Fatal(err)
	}
	if w, h := small.Size(); small.Name() != "small" || small.Title() != "small" || w.MM() != 60 || h.MM() != 40 {
		t.Errorf("small is %q, %q of %v × %v mm", small.Name(), small.Title(), w.MM(), h.MM())
	}
	if plain, err := builtin.Get("wujie-76x130"); err != nil || plain.Title() == "mine" {
		t.Errorf("With has changed the library it was called on: %v", err)
	}
	var unknown *templates.UnknownTemplateError
	if _, err := library.Get("smal"); !errors.As(err, &unknown) || unknown.Name != "smal" || len(unknown.Known) != len(want) {
		t.Errorf("Get = %v, want an *UnknownTemplateError with the names that there are", err)
	}
}

func TestABrokenFileIsNamedWithItsFolder(t *testing.T) {
	dir := folder(t, map[string]string{"mine.yaml": "page: {w: 76, hight: 130}\n"})
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	_, err = library.With(dir)
	var e *templates.LayoutError
	if !errors.As(err, &e) || e.File != filepath.Join(dir, "mine.yaml") || e.Line != 1 || e.Column != 15 || e.Problem != templates.UnknownKey {
		t.Errorf("With = %v, want a *LayoutError at mine.yaml:1:15", err)
	}
	if _, err := library.With(filepath.Join(dir, "nowhere")); err == nil || errors.As(err, &e) && e.Line == 0 {
		t.Errorf("With of a folder that is not there = %v, want the folder's error", err)
	}
}

func TestABrokenLayoutIsAlone(t *testing.T) {
	dir := folder(t, map[string]string{
		"mine.yaml":         "page: {w: 76, hight: 130}\n",
		"wujie-76x130.yaml": "page: {w: 76}\n",
		"small.yaml":        "page: {w: 60, h: 40}\nelements:\n- {text: \"{order} {copy}\", at: {x: 3, y: 3, w: 50, h: 9}, size: 3}\n",
	})
	link := filepath.Join(dir, "folder.yaml")
	if err := os.Symlink(dir, link); err != nil {
		t.Skip(err) // a system that has none
	}
	if _, err := os.Lstat(link); err != nil {
		t.Skip(err) // Wine says that it makes links, and makes none
	}
	library, err := templates.Builtin()
	if err == nil {
		library, err = library.Add(dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	var e *templates.LayoutError
	for name, want := range map[string]templates.Problem{"mine": templates.UnknownKey, "wujie-76x130": templates.MissingKey} {
		if _, err := library.Get(name); !errors.As(err, &e) || e.Problem != want || e.File != filepath.Join(dir, name+".yaml") {
			t.Errorf("Get(%s) = %v, want its file's mistake, %s", name, err, want)
		}
	}
	if _, err := library.Get("folder"); err == nil || !strings.Contains(err.Error(), "plain file") {
		t.Errorf("Get of a folder with a layout's name = %v, want that it is no plain file", err)
	}
	for name, mine := range map[string]bool{"small": true, "jd-express-76x130": false} {
		if _, err := library.Get(name); err != nil {
			t.Errorf("Get(%s): %v, want it in spite of the broken ones", name, err)
		}
		if file, own := library.File(name); own != mine || filepath.Base(file) != name+".yaml" {
			t.Errorf("File(%s) = %s, %v, want own %v", name, file, own, mine)
		}
	}
	if file, own := library.File("nothing"); file != "" || own {
		t.Errorf("File of no layout = %s, %v", file, own)
	}
}

func TestALargeFileIsNotReadWhole(t *testing.T) {
	dir := folder(t, map[string]string{"film.yaml": strings.Repeat("x", 1<<20)})
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	_, err = library.With(dir)
	var e *templates.LayoutError
	if !errors.As(err, &e) || e.Problem != templates.TooLarge {
		t.Errorf("With = %v, want %s", err, templates.TooLarge)
	}
}

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, src := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
