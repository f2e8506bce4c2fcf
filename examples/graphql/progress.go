// The progress bar while the graph is made, on a terminal; elsewhere silence.
package main

import (
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress starts a bar for so many rows.
type progress func(rows int) *progressbar.ProgressBar

func silent(rows int) *progressbar.ProgressBar {
	return progressbar.NewOptions(rows, progressbar.OptionSetWriter(io.Discard))
}

// progressOn draws on w if that is a terminal.
func progressOn(w io.Writer) progress {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return silent
	}
	return func(rows int) *progressbar.ProgressBar {
		return progressbar.NewOptions(rows, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription("filling the database"),
			progressbar.OptionShowCount(), progressbar.OptionSetItsString("rows"), progressbar.OptionShowIts(),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(50e6))
	}
}
