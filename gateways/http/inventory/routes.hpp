// Where the stock is found over HTTP.
#pragma once

#include "gateways/http/routes.hpp"

namespace inventory {

void routes(http::Routes& routes);

}  // namespace inventory
