package notice_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
)

// TestEveryCodeInUseHasASentence reads the program for calls of notice.New and
// notice.Text with a code written out, and compares the arguments given with
// the places in the sentence.
func TestEveryCodeInUseHasASentence(t *testing.T) {
	files, calls := token.NewFileSet(), 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if c, args, dots := codeOf(n); c != "" {
				calls++
				at := files.Position(n.Pos())
				if !notice.Known(c) {
					t.Errorf("%s: no sentence for %q; add it to the about_….go of its subject", at, c)
				} else if want := notice.Places(c); !dots && args != want {
					t.Errorf("%s: %q is given %d arguments, its sentence takes %d", at, c, args, want)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if calls < 10 {
		t.Errorf("found %d uses of notices; the test reads the wrong folder", calls)
	}
}

// codeOf returns the code in a call notice.New("code", err, …) or
// notice.Text(l, "code", …), how many arguments follow, and whether they are
// given as a slice.
func codeOf(n ast.Node) (c notice.Code, args int, dots bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return "", 0, false
	}
	fn, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", 0, false
	}
	if pkg, ok := fn.X.(*ast.Ident); !ok || pkg.Name != "notice" {
		return "", 0, false
	}
	at := map[string]int{"New": 0, "Text": 1}
	i, ok := at[fn.Sel.Name]
	if !ok || len(call.Args) < 2 {
		return "", 0, false
	}
	lit, ok := call.Args[i].(*ast.BasicLit)
	if !ok {
		return "", 0, false
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return "", 0, false
	}
	return notice.Code(s), len(call.Args) - 2, call.Ellipsis.IsValid()
}
