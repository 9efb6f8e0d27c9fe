// The page in a file: its data stand in it.
"use strict";

showPage(document.getElementById("page"), JSON.parse(document.getElementById("data").textContent));
