// Jitter runs a go command with a scheduler that loses its processor at random, between any two of its statements:
//
//	go run ./internal/jitter go test -short ./scheduler ./dataloader
//
// What goes wrong only if a goroutine stops for a moment in a window of nanoseconds, as on a busy machine once in a week,
// goes wrong here in a second. The sources stay as they are: go's -overlay replaces them, and keeps their line numbers.
package main

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "jitter:", err)
		os.Exit(1)
	}
}

// helper is a file of the scheduler's package, and so none of this one's.
//
//go:embed jitter.go.txt
var helper []byte

func run(command []string) error {
	if len(command) == 0 {
		return fmt.Errorf("no command; for instance: go run ./internal/jitter go test ./dataloader")
	}
	dir, err := os.MkdirTemp("", "jitter")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	overlay, err := write(dir, "scheduler")
	if err != nil {
		return err
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -overlay="+overlay))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// write writes what replaces the sources of a package to dir, and returns the path of the overlay file.
func write(dir, pkg string) (overlay string, err error) {
	pkg, err = filepath.Abs(pkg)
	if err != nil {
		return "", err
	}
	sources, err := filepath.Glob(filepath.Join(pkg, "*.go"))
	if err != nil {
		return "", err
	}
	replace := map[string]string{filepath.Join(pkg, "jitter.go"): filepath.Join(dir, "jitter.go")}
	files := map[string][]byte{"jitter.go": helper}
	for _, source := range sources {
		name := filepath.Base(source)
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(source)
		if err != nil {
			return "", err
		}
		if files[name], err = shake(text); err != nil {
			return "", err
		}
		replace[source] = filepath.Join(dir, name)
	}
	if len(files) == 1 {
		return "", fmt.Errorf("no sources in %s: call it in the root of the module", pkg)
	}
	overlay = filepath.Join(dir, "overlay.json")
	if files["overlay.json"], err = json.Marshal(map[string]any{"Replace": replace}); err != nil {
		return "", err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return "", err
		}
	}
	return overlay, nil
}

// shake puts a call of jitter before each statement.
func shake(source []byte) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var at []int
	add := func(list []ast.Stmt) {
		for _, s := range list {
			switch s.(type) {
			case *ast.CaseClause, *ast.CommClause: // of the body of a switch or select
			default:
				at = append(at, fset.Position(s.Pos()).Offset)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			add(n.List)
		case *ast.CaseClause:
			add(n.Body)
		case *ast.CommClause:
			add(n.Body)
		}
		return true
	})
	slices.SortFunc(at, func(a, b int) int { return cmp.Compare(b, a) })
	for _, offset := range at {
		source = slices.Insert(source, offset, []byte("jitter(); ")...)
	}
	return source, nil
}
