package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The blocks that the command writes, in files that are otherwise written by hand.
const (
	tableBlock = "bench:table"
	shortBlock = "bench:short"
)

// emptyPage is what docs/performance.md is begun with.
const emptyPage = "# Performance\n\n![Times as multiples of the same work by hand](performance.svg)\n\n" +
	"<!-- " + tableBlock + " -->\n<!-- /" + tableBlock + " -->\n"

// write puts tables, chart and figures into the repository at root.
func write(root string, r Result) error {
	docs := filepath.Join(root, "docs")
	data, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	svg, err := drawChart(r)
	if err != nil {
		return err
	}
	page := filepath.Join(docs, "performance.md")
	if _, err := os.Stat(page); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(page, []byte(emptyPage), 0o644); err != nil {
			return err
		}
	}
	return errors.Join(
		os.WriteFile(filepath.Join(docs, "performance.json"), append(data, '\n'), 0o644),
		os.WriteFile(filepath.Join(docs, "performance.svg"), []byte(svg), 0o644),
		writeBlock(page, tableBlock, markdownTable(r), true),
		writeBlock(filepath.Join(root, "README.md"), shortBlock, shortTable(r), false),
	)
}

// writeBlock replaces what stands in a file between the markers of block. If they are missing and needed, that is an error.
func writeBlock(path, block, text string, needed bool) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	replaced, ok := replaceBlock(string(old), block, text)
	switch {
	case ok:
		return os.WriteFile(path, []byte(replaced), 0o644)
	case needed:
		return fmt.Errorf("%s: the markers <!-- %s --> and <!-- /%s --> are missing", path, block, block)
	}
	return nil
}

func replaceBlock(page, block, text string) (replaced string, ok bool) {
	begin, end := "<!-- "+block+" -->\n", "<!-- /"+block+" -->"
	before, rest, ok := strings.Cut(page, begin)
	if !ok {
		return "", false
	}
	_, after, ok := strings.Cut(rest, end)
	if !ok {
		return "", false
	}
	return before + begin + "\n" + strings.TrimSpace(text) + "\n\n" + end + after, true
}
