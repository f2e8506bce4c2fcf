// The page against the real server, in a browser: what the README's picture shows is what a visitor sees.
package main

import (
	"encoding/json"
	"flag"
	"fmt"

	"net/http/httptest"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/examples/graphql/page"
	"github.com/batchtick/batchtick/examples/graphql/page/pagetest"
)

var update = flag.Bool("update", false, "take the README's picture anew: page/page.png")

func TestThePage(t *testing.T) {
	browser := pagetest.Start(t)
	users := 500
	if *update {
		users = 10_000 // as the server has
	}
	db, err := open(t.Context(), "", users, silent)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	a, err := newAPI(db)
	require.NoError(t, err)
	serve := func(t *testing.T, a *api) string {
		server := httptest.NewServer(newHandler(a, defaultDeadline, page.Handler()))
		t.Cleanup(server.Close)
		return server.URL
	}

	t.Run("it loads, runs the query and shows at most four batches", func(t *testing.T) {
		tab := browser.Open(t, serve(t, a), pagetest.Viewport(1280, 800, 2))
		tab.Run()
		if *update {
			tab.Run()                      // the first request of a server opens the database's connections, too
			tab.Hover(".batches .loaders") // away from what lights up under the pointer
			require.NoError(t, os.WriteFile("page/page.png", tab.Picture(), 0o644))
		}
		bars := tab.Texts(pagetest.Bars)
		require.NotEmpty(t, bars)
		require.LessOrEqual(t, len(bars), 4)
		require.Regexp(t, fmt.Sprintf(`^[1-4] rounds?, %d batch(es)?, %d statements?, `, len(bars), len(bars)), tab.Summary())

		var result struct {
			Data struct {
				Me struct {
					BestFriend struct {
						Friends []struct{ BestFriend struct{ Name string } }
					}
				}
			}
			Errors []any
		}
		require.NoError(t, json.Unmarshal([]byte(tab.Result()), &result))
		require.Empty(t, result.Errors)
		friends := result.Data.Me.BestFriend.Friends
		require.Len(t, friends, 5)
		for _, friend := range friends {
			require.NotEmpty(t, friend.BestFriend.Name)
		}
	})

	t.Run("every tab runs without an error", func(t *testing.T) {
		tab := browser.Open(t, serve(t, a))
		titles := tab.Texts(".graphiql-tab-button")
		require.Len(t, titles, 4)
		for i, title := range titles {
			tab.SwitchTo(i)
			tab.Run()
			require.NotContains(t, tab.Result(), `"errors"`, title)
			require.Contains(t, tab.Result(), `"data"`, title)
			require.NotEmpty(t, tab.Texts(pagetest.Bars), title)
		}
	})

	t.Run("a bar tells its SQL", func(t *testing.T) {
		tab := browser.Open(t, serve(t, a))
		tab.Run()
		tab.Focus(pagetest.Bars)
		tab.Until(`document.querySelector('.details pre')`)
		require.Contains(t, tab.Texts(".details pre")[0], "FROM users")
		require.Equal(t, []string{"1"}, tab.Texts(".details .keys code"))
	})

	t.Run("without loaders it is thirteen statements and no rounds", func(t *testing.T) {
		naive := *a
		naive.naive = true
		tab := browser.Open(t, serve(t, &naive))
		tab.Run()
		require.Regexp(t, `^naive 13 statements, `, tab.Summary())
		require.Len(t, tab.Texts(pagetest.Bars), 13)
	})

	t.Run("a token makes another viewer", func(t *testing.T) {
		tab := browser.Open(t, serve(t, a))
		tab.Type(".graphiql-query-editor", "{ me { id } }")
		tab.Run()
		require.JSONEq(t, `{"data": {"me": {"id": "1"}}}`, tab.Result())
		tab.Headers(`{"Authorization": "Bearer globex-2"}`)
		tab.Run()
		require.JSONEq(t, `{"data": {"me": {"id": "2"}}}`, tab.Result())
	})
}
