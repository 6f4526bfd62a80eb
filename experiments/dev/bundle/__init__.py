"""Wheels for workshops without internet: `confianza bundle`."""
