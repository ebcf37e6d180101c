// What must be right before the first paint: the theme that was chosen, and that scripts run.
(() => {
	const root = document.documentElement;
	root.classList.add("js");
	try {
		const theme = localStorage.getItem("artrec.theme");
		if (theme === "dark" || theme === "light") root.dataset.theme = theme;
	} catch {
		// storage may be forbidden; the system's theme holds then
	}
})();
