// Where payments are found over HTTP.
#pragma once

#include "gateways/http/routes.hpp"

namespace payment {

void routes(http::Routes& routes);

}  // namespace payment
