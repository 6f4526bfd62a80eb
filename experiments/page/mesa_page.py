"""Open the classroom: `confianza view --mesa`."""

from experiments.classroom.page import classroom_page
from experiments.page import sites
from experiments.page.background_worker import running

Page = classroom_page(sites.opening.language, lambda: running[-1])
