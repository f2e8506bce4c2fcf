// Package page is the page of the server: GraphiQL, and beneath its result the batches that the answer cost, as bars
// on a time line. Everything that it needs is embedded; the browser loads nothing from anywhere else.
//
// The scripts in static are built by the small step in build; Node is needed only to change them.
package page

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"time"
)

//go:embed index.html
var indexHTML string

//go:embed static/page.js static/page.css static/icon.svg static/LICENSES.txt
var files embed.FS

// Handler serves the page at GET / and its files under GET /static/. The page asks POST /graphql of the same host.
func Handler() http.Handler {
	index := template.Must(template.New("index").Parse(indexHTML))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		nonce := rand.Text()
		w.Header().Set("Content-Security-Policy", policy(nonce))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store") // a nonce is for one answer
		hardened(w)
		index.Execute(w, nonce) // an error here means that the client left
	})
	entries, err := fs.Glob(files, "static/*")
	if err != nil {
		panic(err) // the pattern above is malformed
	}
	for _, name := range entries {
		mux.Handle("GET /"+name, file(name))
	}
	return mux
}

// file answers with a strong ETag: embedded files have no time of change, and the browser should fetch 1.3 MB once.
func file(name string) http.Handler {
	content, err := files.ReadFile(name)
	if err != nil {
		panic(err) // the file was listed a moment ago
	}
	sum := sha256.Sum256(content)
	etag := `"` + hex.EncodeToString(sum[:12]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		w.Header().Set("Cache-Control", "no-cache") // keep it, but ask whether it has changed
		hardened(w)
		http.ServeContent(w, r, path.Base(name), time.Time{}, bytes.NewReader(content))
	})
}

// policy allows this host's files and nothing else. The pictures in CodeMirror's style sheet are data URLs; GraphiQL's
// dialogs add a <style> element, which carries the nonce.
func policy(nonce string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce + "'; img-src 'self' data:; " +
		"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

func hardened(w http.ResponseWriter) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
}
