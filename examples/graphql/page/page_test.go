package page_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/batchtick/batchtick/examples/graphql/page"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func get(t *testing.T, path string, header http.Header) (*http.Response, string) {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, path, nil)
	for name, values := range header {
		request.Header[name] = values
	}
	recorder := httptest.NewRecorder()
	page.Handler().ServeHTTP(recorder, request)
	body, err := io.ReadAll(recorder.Result().Body)
	require.NoError(t, err)
	return recorder.Result(), string(body)
}

func TestThePageAllowsItsOwnFilesAlone(t *testing.T) {
	response, body := get(t, "/", nil)
	require.Equal(t, http.StatusOK, response.StatusCode)
	policy := response.Header.Get("Content-Security-Policy")
	require.Contains(t, policy, "default-src 'none'")
	require.NotContains(t, policy, "unsafe")
	_, after, found := strings.Cut(policy, "'nonce-")
	require.True(t, found)
	nonce, _, _ := strings.Cut(after, "'")
	require.Contains(t, body, `nonce="`+nonce+`"`)

	again, _ := get(t, "/", nil)
	require.NotEqual(t, policy, again.Header.Get("Content-Security-Policy"), "a nonce is for one answer")
	require.Equal(t, "no-store", again.Header.Get("Cache-Control"))
}

func TestItsFiles(t *testing.T) {
	for _, row := range []struct{ path, contentType, holds string }{
		{"/static/page.js", "text/javascript; charset=utf-8", "GraphiQL"},
		{"/static/page.css", "text/css; charset=utf-8", ".graphiql-container"},
		{"/static/icon.svg", "image/svg+xml", "<svg"},
		{"/static/LICENSES.txt", "text/plain; charset=utf-8", "Copyright (c) 2021 GraphQL Contributors"},
	} {
		t.Run(row.path, func(t *testing.T) {
			response, body := get(t, row.path, nil)
			require.Equal(t, http.StatusOK, response.StatusCode)
			require.Equal(t, row.contentType, response.Header.Get("Content-Type"))
			require.Contains(t, body, row.holds)
			require.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"))

			again, body := get(t, row.path, http.Header{"If-None-Match": {response.Header.Get("Etag")}})
			require.Equal(t, http.StatusNotModified, again.StatusCode)
			require.Empty(t, body)
		})
	}
}

func TestWhatIsNotThere(t *testing.T) {
	for _, path := range []string{"/static/", "/static/sources.sha256", "/static/nothing.js", "/page.go", "/index.html"} {
		response, _ := get(t, path, nil)
		require.Equal(t, http.StatusNotFound, response.StatusCode, path)
	}
}

// The fonts of GraphiQL's style sheet are left out, and the source maps; nothing in it may point elsewhere.
func TestTheStyleSheetPointsNowhere(t *testing.T) {
	_, css := get(t, "/static/page.css", nil)
	require.NotContains(t, css, "@font-face")
	require.NotContains(t, css, "@import")
	require.NotRegexp(t, `url\(["']?(?:[^d"')]|d[^a])`, css, "only data URLs")
}

func TestEveryPackageInTheBundleHasItsLicence(t *testing.T) {
	_, text := get(t, "/static/LICENSES.txt", nil)
	packages := []string{"graphiql", "@graphiql/react", "codemirror", "graphql", "react", "react-dom", "markdown-it"}
	for _, name := range packages {
		require.Regexp(t, `(?m)^`+name+` [0-9.]+ \((MIT|Apache-2.0|BSD-2-Clause)\)`, text)
	}
}

// It needs no Node: the build step wrote down what it built from.
func TestThePageIsBuiltFromTheseSources(t *testing.T) {
	const rebuild = "in page/build run: npm ci && npm run build"
	list, err := os.Open("static/sources.sha256")
	require.NoError(t, err)
	defer list.Close()
	listed := map[string]bool{}
	for lines := bufio.NewScanner(list); lines.Scan(); {
		sum, name, _ := strings.Cut(lines.Text(), "  ")
		listed[name] = true
		content, err := os.ReadFile(filepath.Join("build", filepath.FromSlash(name)))
		require.NoError(t, err, rebuild)
		now := sha256.Sum256(content)
		require.Equal(t, sum, hex.EncodeToString(now[:]), "%s has changed: %s", name, rebuild)
	}
	sources, err := filepath.Glob("build/src/*")
	require.NoError(t, err)
	require.NotEmpty(t, sources)
	for _, path := range sources {
		name := filepath.ToSlash(strings.TrimPrefix(path, fmt.Sprintf("build%c", filepath.Separator)))
		require.True(t, listed[name], "%s is new: %s", name, rebuild)
	}
}
