"""Open the classroom: `confianza view --mesa`."""

from experiments.classroom.page import classroom_page
from experiments.page import sites

Page = classroom_page(sites.opening.language)
