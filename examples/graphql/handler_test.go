package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOverHTTP(t *testing.T) {
	c := startTest(t, newTestAPI(t, openTest(t, "")), defaultDeadline)
	const (
		legacy = "application/json"
		own    = "application/graphql-response+json"
		me     = `{"query": "{ me { id } }"}`
	)
	mutation := url.QueryEscape(`mutation { addFriend(id: 3) { id } }`)
	for _, row := range []struct {
		name, method, path, contentType, accept, token, body string

		status int
		want   string // in the body
	}{
		{"a query", "POST", "", legacy, "", "", me, 200, `"data":{"me":{"id":"1"}}`},
		{"with a charset", "POST", "", legacy + "; charset=utf-8", "", "", me, 200, `"id":"1"`},
		{"with variables", "POST", "", legacy, "", "", `{"query": "query ($i: ID!) { user(id: $i) { id } }", "variables": {"i": "3"}}`, 200, `"id":"3"`},
		{"an operation by name", "POST", "", legacy, "", "", `{"query": "query a { me { id } } query b { user(id: 3) { id } }", "operationName": "b"}`, 200, `{"user":{"id":"3"}}`},
		{"by GET", "GET", "?query=" + url.QueryEscape(`query ($i: ID!) { user(id: $i) { id } }`) + "&variables=" + url.QueryEscape(`{"i": 3}`), "", own, "", "", 200, `"id":"3"`},
		{"a token", "POST", "", legacy, "", "Bearer globex-2", me, 200, `{"me":{"id":"2"}}`},
		{"nobody's token", "POST", "", legacy, "", "Bearer root", me, 401, "Bearer acme-1"},
		{"another scheme", "POST", "", legacy, "", "Basic acme-1", me, 401, "token"},
		{"a mutation by GET", "GET", "?query=" + mutation, "", "", "", "", 405, "POST"},
		{"another method", "PUT", "", legacy, "", "", me, 405, "POST or GET"},
		{"no JSON", "POST", "", legacy, "", "", "me", 400, "the body is not JSON"},
		{"JSON of another kind", "POST", "", legacy, "", "", `["me"]`, 400, "the body is not JSON"},
		{"bad variables", "GET", "?query=x&variables=7", "", "", "", "", 400, "variables are not a JSON object"},
		{"no query", "POST", "", legacy, "", "", `{}`, 400, "there is no query"},
		{"a form", "POST", "", "application/x-www-form-urlencoded", "", "", "query=x", 415, "application/json"},
		{"a large body", "POST", "", legacy, "", "", `{"query": "` + strings.Repeat(" ", maxBody) + `"}`, 413, "larger than 65536 bytes"},
		{"a syntax error, to an old client", "POST", "", legacy, legacy, "", `{"query": "{ me"}`, 200, "Syntax Error"},
		{"a syntax error", "POST", "", legacy, own, "", `{"query": "{ me"}`, 400, "Syntax Error"},
		{"an unknown field", "POST", "", legacy, own, "", `{"query": "{ you }"}`, 400, `Cannot query field \"you\"`},
		{"over a limit", "POST", "", legacy, own, "", `{"query": "{ users(first: 101) { id } }"}`, 400, "first is 101"},
		{"an error of one field", "POST", "", legacy, own, "", `{"query": "{ me { id } user(id: \"x\") { id } }"}`, 200, `is not the id of a user`},
		{"nowhere", "GET", "/x", "", "", "", "", 404, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), row.method, c.url+"/graphql"+row.path, strings.NewReader(row.body))
			require.NoError(t, err)
			request.Header.Set("Content-Type", row.contentType)
			request.Header.Set("Accept", row.accept)
			if row.token != "" {
				request.Header.Set("Authorization", row.token)
			}
			response, err := c.http.Do(request)
			require.NoError(t, err)
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			require.Equal(t, row.status, response.StatusCode, "%s", body)
			require.Contains(t, string(body), row.want)
			if row.want == "" {
				return // net/http's own answer
			}
			wantType := legacy
			if row.accept == own {
				wantType = own
			}
			require.Equal(t, wantType+"; charset=utf-8", response.Header.Get("Content-Type"))
			require.True(t, json.Valid(body))
		})
	}
}
