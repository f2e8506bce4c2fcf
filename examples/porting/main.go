// Porting is a page of Python promise code with its Go twin directly below each line: promises.go for Promise,
// loader.go for DataLoader, async.go for async and await. Run it with: go run ./examples/porting
package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

func main() { run(context.Background(), os.Stdout) }

func run(ctx context.Context, out io.Writer) {
	page := page{ctx, out}
	page.promises()
	page.loaders()
	page.async()
}

// page is what Python has around every line: a way to print, and (here said aloud) how long one may wait.
type page struct {
	ctx context.Context
	out io.Writer
}

// title begins a part of the page.
func (p page) title(s string) { fmt.Fprintf(p.out, "# %s\n", s) }

// print shows what Python's print(promise.get()) would, spelled as Go does: the value, or the error.
func (p page) print(value any, err error) {
	if err != nil {
		fmt.Fprintln(p.out, "error:", err)
		return
	}
	fmt.Fprintln(p.out, value)
}
