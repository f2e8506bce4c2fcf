// Who asks: a bearer token stands for a viewer, who belongs to a tenant and sees that tenant's rows only.
package main

import (
	"net/http"
	"strings"
)

var tenants = [2]string{"acme", "globex"}

type viewer struct {
	tenant string
	user   int
}

// viewers are the tokens of this example. A service of yours would look a session up, before any loader is made.
var viewers = map[string]viewer{
	"acme-1":   {tenants[0], 1},
	"acme-3":   {tenants[0], 3},
	"globex-2": {tenants[1], 2},
	"globex-4": {tenants[1], 4},
}

// viewerOf reads the Authorization header. Without one it is the first user, so that the page works as it is.
func viewerOf(r *http.Request) (v viewer, ok bool) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return viewers["acme-1"], true
	}
	token, bearer := strings.CutPrefix(header, "Bearer ")
	v, ok = viewers[token]
	return v, bearer && ok
}
