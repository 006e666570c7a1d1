// Where orders are found over HTTP.
#pragma once

#include "gateways/http/routes.hpp"

namespace ordering {

void routes(http::Routes& routes);

}  // namespace ordering
