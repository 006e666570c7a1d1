// Where contracts are found over HTTP.
#pragma once

#include "gateways/http/routes.hpp"

namespace smart_contract {

void routes(http::Routes& routes);

}  // namespace smart_contract
